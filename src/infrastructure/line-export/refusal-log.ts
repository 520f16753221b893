import type { Logger } from "pino";
import type { RefusedLine } from "./export-lines";

const AGAIN_AFTER_MS = 60 * 60 * 1000;
const MAX_CAUSES = 100;

/** Reports refused lines: one log line per cause, and again after an hour while it lasts. */
export class RefusalLog<Line> {
  /** When each cause was last reported. */
  private readonly reported = new Map<string, number>();

  constructor(
    private readonly options: {
      readonly name: { readonly many: string };
      readonly about: (line: Line) => object;
      readonly logger: Pick<Logger, "warn" | "error">;
    },
  ) {}

  report(refused: readonly RefusedLine<Line>[], nowMs: number): void {
    for (const first of refused) {
      const cause = causeOf(first);
      const last = this.reported.get(cause);
      if (last !== undefined && nowMs - last < AGAIN_AFTER_MS) continue;
      if (this.reported.size >= MAX_CAUSES) this.reported.clear();
      this.reported.set(cause, nowMs);
      const { name, about, logger } = this.options;
      const details = { ...about(first.line), reason: first.reason };
      if (first.forGood)
        logger.error(
          details,
          `${name.many} were refused by Elasticsearch for a day and are not sent again; once the cause is mended, \`retrograde export --retry-rejected\` sends them`,
        );
      else
        logger.warn(details, `${name.many} are refused by Elasticsearch; they are set aside and tried again for a day`);
    }
  }
}

/** The reason without the parts that differ from line to line: positions, ids and values. */
const causeOf = ({ reason, forGood }: RefusedLine<unknown>): string =>
  `${forGood} ${reason.replace(/\[\d+:\d+\]|'[^']*'|[0-9a-f]{8}-[0-9a-f-]{27}|\d+ bytes/g, "")}`;
