import { Unavailable } from "../../../kernel/errors";
import type { Instant } from "../../../kernel/instant";
import type { LogEntry, LogQuery, LogSearch } from "./ports";

const NOTICE = "Elasticsearch cannot be read now: only lines that have not reached it yet are shown here";

/**
 * Reads the logs; while they cannot be read, a search is answered with the lines that still wait to be exported: those
 * of the deploys and rollbacks made during the outage. A first line says that the others are missing. Without such
 * lines there is nothing to answer, so the search fails. Followed logs wait for the outage to end.
 */
export class SearchDuringOutages implements LogSearch {
  constructor(
    private readonly logs: LogSearch,
    private readonly unexported: LogSearch,
  ) {}

  async search(query: LogQuery): Promise<LogEntry[]> {
    try {
      return await this.logs.search(query);
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      const lines = await this.unexported.search({ ...query, limit: Math.max(1, query.limit - 1) });
      const [first] = lines;
      if (first === undefined) throw error;
      return [{ id: `${first.id}-incomplete`, timestamp: first.timestamp, message: NOTICE }, ...lines].slice(
        -Math.max(2, query.limit),
      );
    }
  }

  oldest(query: LogQuery & { readonly since: Instant }): Promise<LogEntry[]> {
    return this.logs.oldest(query);
  }
}
