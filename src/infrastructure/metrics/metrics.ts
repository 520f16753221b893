import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import { inTime } from "../../kernel/in-time";

const REQUEST_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const ROLLOUT_SECONDS = [1, 5, 10, 30, 60, 120, 300, 600, 1800];
/** Timeout of one reading, far below the ten seconds that Prometheus allows for a scrape. */
const READ_WITHIN_MS = 2_000;

export interface GraphqlRequestMeasured {
  /** A root field of the schema, never a name chosen by the client: each value creates a time series. */
  readonly operation: string;
  readonly type: string;
  /** `OK`, or the code of the first error. */
  readonly outcome: string;
  readonly seconds: number;
}

/** The metrics at `/metrics`. Each server has its own set, so that several can run in one process. */
export class Metrics {
  private readonly registry = new Registry();
  private readonly requests: Counter;
  private readonly requestSeconds: Histogram;
  private readonly rollbacks: Counter;
  private readonly rolloutSeconds: Histogram;
  private readonly stepSeconds: Histogram;
  private readonly linesExported: Counter;
  private readonly linesRejected: Counter;
  private readonly socketsOpen: Gauge;
  private readonly socketMessages: Counter;

  constructor({ version }: { readonly version: string }) {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    this.requests = new Counter({
      name: "retrograde_graphql_requests_total",
      help: "GraphQL requests answered, by first root field, type of operation and outcome",
      labelNames: ["operation", "type", "outcome"],
      registers,
    });
    this.requestSeconds = new Histogram({
      name: "retrograde_graphql_request_duration_seconds",
      help: "Time from the request's arrival to its answer",
      labelNames: ["operation", "type"],
      buckets: REQUEST_SECONDS,
      registers,
    });
    this.rollbacks = new Counter({
      name: "retrograde_rollbacks_total",
      help: "Rollbacks asked for, by outcome",
      labelNames: ["outcome"],
      registers,
    });
    this.rolloutSeconds = new Histogram({
      name: "retrograde_rollout_duration_seconds",
      help: "Time from a deploy's record to its final status",
      labelNames: ["status"],
      buckets: ROLLOUT_SECONDS,
      registers,
    });
    this.stepSeconds = new Histogram({
      name: "retrograde_rollout_step_duration_seconds",
      help: "Time that a step of a rollout took, by driver, step and status",
      labelNames: ["driver", "step", "status"],
      buckets: ROLLOUT_SECONDS,
      registers,
    });
    this.linesExported = new Counter({
      name: "retrograde_log_lines_exported_total",
      help: "Log lines that Elasticsearch has taken",
      registers,
    });
    this.linesRejected = new Counter({
      name: "retrograde_log_lines_rejected_total",
      help: "Log lines that Elasticsearch has refused for good",
      registers,
    });
    this.socketsOpen = new Gauge({
      name: "retrograde_sockets_open",
      help: "WebSockets open now, by subprotocol",
      labelNames: ["protocol"],
      registers,
    });
    this.socketMessages = new Counter({
      name: "retrograde_socket_messages_total",
      help: "Messages over WebSockets, by direction and type",
      labelNames: ["direction", "type"],
      registers,
    });
    new Gauge({
      name: "retrograde_build_info",
      help: "Always 1; the version is in the label",
      labelNames: ["version"],
      registers,
    }).set({ version }, 1);
  }

  graphqlRequest({ operation, type, outcome, seconds }: GraphqlRequestMeasured): void {
    this.requests.inc({ operation, type, outcome });
    this.requestSeconds.observe({ operation, type }, seconds);
  }

  rollback(outcome: string): void {
    this.rollbacks.inc({ outcome });
  }

  rollout(status: string, seconds: number): void {
    this.rolloutSeconds.observe({ status }, seconds);
  }

  rolloutStep(step: {
    readonly driver: string;
    readonly name: string;
    readonly status: string;
    readonly seconds: number;
  }): void {
    this.stepSeconds.observe({ driver: step.driver, step: step.name, status: step.status }, step.seconds);
  }

  logLinesExported(count: number): void {
    this.linesExported.inc(count);
  }

  logLinesRejected(count: number): void {
    this.linesRejected.inc(count);
  }

  socketOpened(protocol: string): void {
    this.socketsOpen.inc({ protocol });
  }

  socketClosed(protocol: string): void {
    this.socketsOpen.dec({ protocol });
  }

  /** `type` must be one of the protocol's, never a client's text: each value creates a time series. */
  socketMessage(direction: "in" | "out", type: string): void {
    this.socketMessages.inc({ direction, type });
  }

  /** Read at each scrape. Call once. */
  watchJobsWaiting(read: () => Promise<number>): void {
    this.watch("retrograde_jobs_waiting", "Background jobs that are due and not yet taken", read);
  }

  /** Read at each scrape. Call once. */
  watchWorkers(read: () => { readonly alive: number; readonly configured: number }): void {
    this.watch(
      "retrograde_workers_alive",
      "Workers for background jobs that run in this process",
      async () => read().alive,
    );
    this.watch(
      "retrograde_workers_configured",
      "Workers for background jobs that should run in this process",
      async () => read().configured,
    );
  }

  /** Read at each scrape. Call once. */
  watchUnfinishedRevisions(readSeconds: () => Promise<number>): void {
    this.watch(
      "retrograde_oldest_unfinished_revision_seconds",
      "Age of the oldest revision that is still being rolled out; 0 if there is none",
      readSeconds,
    );
  }

  /** Read at each scrape. Call once. */
  watchLogExportLag(readSeconds: () => Promise<number>): void {
    this.watch(
      "retrograde_log_export_lag_seconds",
      "Age of the oldest log line not yet exported; 0 if there is none",
      readSeconds,
    );
  }

  /** Read at each scrape. Call once. */
  watchAuditExportLag(readSeconds: () => Promise<number>): void {
    this.watch(
      "retrograde_audit_export_lag_seconds",
      "Age of the oldest audit line not yet exported; 0 if there is none",
      readSeconds,
    );
  }

  /** Read at each scrape. Call once for each kind of lines. */
  watchUnexportedLines(
    kind: string,
    read: () => Promise<{ readonly waiting: number; readonly setAside: number; readonly refused: number }>,
  ): void {
    const name = (state: string): string => `retrograde_${kind}_lines_${state}`;
    // The three gauges share one reading per scrape.
    let latest: ReturnType<typeof read> | undefined;
    const share = (): ReturnType<typeof read> => {
      latest ??= read().finally(() => (latest = undefined));
      return latest;
    };
    this.watch(
      name("waiting"),
      "Lines that have still to reach Elasticsearch, refused ones that are tried again included",
      async () => (await share()).waiting,
    );
    this.watch(
      name("set_aside"),
      "Of the waiting lines, those that Elasticsearch has refused; they are tried again for a day",
      async () => (await share()).setAside,
    );
    this.watch(
      name("refused"),
      "Lines that Elasticsearch has refused for a day; `retrograde export --retry-rejected` sends them again",
      async () => (await share()).refused,
    );
  }

  /** Read at each scrape. Call once. */
  watchDataFolderFree(readBytes: () => Promise<number>): void {
    this.watch("retrograde_data_folder_free_bytes", "Room left for this process in the data folder", readBytes);
  }

  /** In Prometheus' text format. */
  text(): Promise<string> {
    return this.registry.metrics();
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  private watch(name: string, help: string, read: () => Promise<number>): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      async collect() {
        try {
          this.set(await inTime(read(), READ_WITHIN_MS));
        } catch {
          // An outage must not fail the other metrics; NaN marks the unknown one.
          this.set(Number.NaN);
        }
      },
    });
  }
}
