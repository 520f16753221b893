import type { Client, estypes } from "@elastic/elasticsearch";
import { Unavailable } from "../../../kernel/errors";
import { compositionsOf } from "../../../kernel/text";
import { toInstant, type Instant } from "../../../kernel/instant";
import type { LogEntry, LogQuery, LogSearch } from "../app/ports";
import type { LogDocument } from "../domain/log-line";

const REQUEST_TIMEOUT_MS = 10_000;

/** Elasticsearch's own limit for one page (`index.max_result_window`). */
const MAX_HITS = 10_000;

export interface ElasticsearchLogSearchOptions {
  readonly client: Client;
  readonly indexPrefix: string;
}

/** The client's type allows an `undefined` that the client itself refuses. */
type Query = NonNullable<estypes.QueryDslQueryContainer>;

/** A document of any writer: those of collectors are certain to have a time only. */
type AnyDocument = Partial<LogDocument>;

/** The logs of a Deployment from all components: our own lines and those of the platform's log collectors. */
export class ElasticsearchLogSearch implements LogSearch {
  constructor(private readonly options: ElasticsearchLogSearchOptions) {}

  async search(query: LogQuery): Promise<LogEntry[]> {
    const newestFirst = await this.find(query, "desc");
    return newestFirst.reverse();
  }

  oldest(query: LogQuery & { readonly since: Instant }): Promise<LogEntry[]> {
    return this.find(query, "asc");
  }

  private async find(query: LogQuery, order: "asc" | "desc"): Promise<LogEntry[]> {
    const { client, indexPrefix } = this.options;
    try {
      const { hits } = await client.search<AnyDocument>(
        {
          index: `${indexPrefix}.${query.releaseName}.*`,
          // A Deployment that has not logged yet has no index, and an empty log.
          ignore_unavailable: true,
          allow_no_indices: true,
          size: Math.min(query.limit, MAX_HITS),
          track_total_hits: false,
          _source: ["@timestamp", "message"],
          query: toFilter(query),
          sort: byTime(order),
          // Reads the same copies of the shards each time, because other copies may show a new line sooner or later.
          preference: query.deploymentId,
        },
        { requestTimeout: REQUEST_TIMEOUT_MS },
      );
      return hits.hits.map(toEntry);
    } catch (error) {
      throw new Unavailable("The logs cannot be read from Elasticsearch now; try again later", { cause: error });
    }
  }
}

/** Collectors' lines have no line id; `unmapped_type` is for indices that hold nothing but such. */
const byTime = (order: "asc" | "desc"): estypes.Sort => [
  { "@timestamp": { order, unmapped_type: "date" } },
  { "retrograde.lineId.keyword": { order, unmapped_type: "keyword", missing: "_last" } },
];

function toFilter({ releaseName, component, since, text, ...deployment }: LogQuery): Query {
  const filter = [exactly("release", releaseName)];
  if (component !== undefined) filter.push(exactly("component", component));
  if (since !== undefined) filter.push({ range: { "@timestamp": { gte: since } } });
  if (text !== undefined) filter.push(containing(text));
  filter.push({ bool: { should: [written(deployment), collected(deployment)], minimum_should_match: 1 } });
  return { bool: { filter } };
}

/**
 * Takes the text as words, so that no character of it is an operator or a wildcard. Collectors' lines may hold an accent as part of its
 * letter or behind it.
 */
function containing(text: string): Query {
  const phrases = compositionsOf(text).map((one) => ({ match_phrase_prefix: { message: one } }));
  const [only, ...others] = phrases;
  return only !== undefined && others.length === 0 ? only : { bool: { should: phrases, minimum_should_match: 1 } };
}

/**
 * For fields that are `keyword`, as any template would have it, or text with a `.keyword` beside it, as without
 * one. Of text the `.keyword` alone counts: a term of text is one word, and `rollback` is not `deploy-rollback`.
 */
function exactly(field: string, value: string): Query {
  const keyword = `${field}.keyword`;
  const plain = { filter: [{ term: { [field]: { value } } }], must_not: [{ exists: { field: keyword } }] };
  return { bool: { should: [{ term: { [keyword]: { value } } }, { bool: plain }], minimum_should_match: 1 } };
}

const OWN: Query = { exists: { field: "retrograde.deploymentId" } };

/** Our own lines of the Deployment, and not of an earlier one that had the same release name. */
function written({ deploymentId }: Pick<LogQuery, "deploymentId">): Query {
  return { bool: { filter: [OWN, { term: { "retrograde.deploymentId.keyword": { value: deploymentId } } }] } };
}

/** Collectors' lines name no Deployment, and the Workspace where the release has a label with it. */
function collected({ workspaceId, deploymentCreatedAt }: Pick<LogQuery, "workspaceId" | "deploymentCreatedAt">): Query {
  const elsewhere = { filter: [{ exists: { field: "workspace" } }], must_not: [exactly("workspace", workspaceId)] };
  return {
    bool: {
      filter: [{ range: { "@timestamp": { gte: deploymentCreatedAt } } }],
      must_not: [OWN, { bool: elsewhere }],
    },
  };
}

function toEntry({ _id, _source }: estypes.SearchHit<AnyDocument>): LogEntry {
  const timestamp = String(_source?.["@timestamp"] ?? "");
  const ms = Date.parse(timestamp);
  return {
    id: _id ?? "",
    // Collectors write nanoseconds and other offsets. A time that cannot be parsed is shown as it is.
    timestamp: Number.isNaN(ms) ? timestamp : toInstant(ms),
    message: _source?.message ?? "",
  };
}
