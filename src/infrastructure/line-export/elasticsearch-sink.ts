import type { Client, estypes } from "@elastic/elasticsearch";
import type { Clock } from "../../kernel/clock";
import type { LineOutcome, LineSink, SinkOutage, SinkResult } from "./export-lines";
import { outcomesOf } from "./bulk-answer";
import { reasonOf, retryAfterMs, statusOf } from "../elasticsearch/client";
import { lacksFlattened, withFlatObjects } from "../elasticsearch/distribution";

/** Well below Elasticsearch's limit of 100 MB, and small enough to be sent again cheaply. */
const MAX_REQUEST_BYTES = 5 * 1024 * 1024;

export interface ElasticsearchSinkOptions<Line> {
  readonly client: Client;
  /** Raise its `version` with every change, or existing installations keep their template. */
  readonly template: estypes.IndicesPutIndexTemplateRequest & { readonly version: number };
  /** Depends on the line alone: a line that is sent again has to replace its first copy. */
  readonly indexOf: (line: Line) => string;
  readonly documentOf: (line: Line) => object;
  readonly clock: Clock;
  readonly maxRequestBytes?: number;
}

interface Entry<Line> {
  readonly line: Line;
  /** Action and document, one line of JSON each. */
  readonly operations: readonly [string, string];
  readonly bytes: number;
}

/**
 * Stores each line under its own id in an index that depends on the line alone: a line that is sent twice is stored
 * once.
 */
export class ElasticsearchSink<Line extends { readonly id: string }> implements LineSink<Line> {
  constructor(private readonly options: ElasticsearchSinkOptions<Line>) {}

  /** Leaves a template of the same or a newer version alone, since operators may have adapted it. */
  async ensureTemplate(signal?: AbortSignal): Promise<void> {
    const { client, template } = this.options;
    const existing = await client.indices.getIndexTemplate(
      { name: template.name },
      { ...abortable(signal), ignore: [404] },
    );
    if ((existing.index_templates?.[0]?.index_template.version ?? 0) >= template.version) return;
    try {
      await client.indices.putIndexTemplate(template, abortable(signal));
    } catch (error) {
      if (!lacksFlattened(error)) throw error;
      await client.indices.putIndexTemplate(withFlatObjects(template), abortable(signal));
    }
  }

  async index(lines: readonly Line[], signal?: AbortSignal): Promise<SinkResult<Line>> {
    const outcomes: LineOutcome<Line>[] = [];
    const requests = this.toRequests(lines.map((line) => this.toEntry(line)));
    for (const [number, request] of requests.entries()) {
      const result = await this.send(request, signal);
      outcomes.push(...result.lines);
      if (result.outage !== null) {
        const unsent = requests.slice(number + 1).flat();
        return { lines: [...outcomes, ...putOff(unsent, result.outage)], outage: result.outage };
      }
    }
    return { lines: outcomes, outage: null };
  }

  private toEntry(line: Line): Entry<Line> {
    const action = JSON.stringify({ index: { _index: this.options.indexOf(line), _id: line.id } });
    const document = JSON.stringify(this.options.documentOf(line));
    return {
      line,
      operations: [action, document],
      bytes: Buffer.byteLength(action) + Buffer.byteLength(document) + 2 * "\n".length,
    };
  }

  /**
   * Splits the entries into requests. A line that is too large by itself is still sent: the server's limit counts, not
   * ours.
   */
  private toRequests(entries: readonly Entry<Line>[]): Entry<Line>[][] {
    const maxBytes = this.options.maxRequestBytes ?? MAX_REQUEST_BYTES;
    const requests: Entry<Line>[][] = [];
    let room = 0;
    for (const entry of entries) {
      const current = requests.at(-1);
      if (current !== undefined && entry.bytes <= room) {
        current.push(entry);
        room -= entry.bytes;
      } else {
        requests.push([entry]);
        room = maxBytes - entry.bytes;
      }
    }
    return requests;
  }

  private async send(entries: readonly Entry<Line>[], signal: AbortSignal | undefined): Promise<SinkResult<Line>> {
    const lines = entries.map(({ line }) => line);
    try {
      const operations = entries.flatMap((entry) => entry.operations);
      const answer = await this.options.client.bulk<string>({ operations }, abortable(signal));
      return { lines: outcomesOf(lines, answer.items), outage: null };
    } catch (error) {
      if (statusOf(error) === 413) return this.sendSmaller(entries, error, signal);
      const outage = { reason: reasonOf(error), retryAfterMs: retryAfterMs(error, Date.parse(this.options.clock())) };
      return { lines: putOff(entries, outage), outage };
    }
  }

  private async sendSmaller(
    entries: readonly Entry<Line>[],
    error: unknown,
    signal?: AbortSignal,
  ): Promise<SinkResult<Line>> {
    const [only, second] = entries;
    if (only !== undefined && second === undefined) {
      const reason = `The line of ${only.bytes} bytes is too large for the server: ${reasonOf(error)}`;
      return { lines: [{ line: only.line, outcome: "refused", reason }], outage: null };
    }
    const middle = Math.ceil(entries.length / 2);
    const first = await this.send(entries.slice(0, middle), signal);
    const rest = entries.slice(middle);
    const last =
      first.outage === null
        ? await this.send(rest, signal)
        : { lines: putOff(rest, first.outage), outage: first.outage };
    return { lines: [...first.lines, ...last.lines], outage: last.outage };
  }
}

function putOff<Line>(entries: readonly Entry<Line>[], { reason }: SinkOutage): LineOutcome<Line>[] {
  return entries.map(({ line }) => ({ line, outcome: "retry", reason }));
}

function abortable(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}
