import { Connection, encode, type Request } from "./connection";

/** What to send, and how much of it. */
export interface LoadPlan {
  readonly url: string;
  readonly requests: readonly Request[];
  /** The request to start with; they are sent one after another, and over again. */
  readonly from: number;
  readonly connections: number;
  /** Absent: until it is stopped. */
  readonly seconds?: number;
  /** Absent: as soon as a connection has its answer. Otherwise at fixed times, whether or not answers come. */
  readonly perSecond?: number;
}

export interface LoadResult {
  readonly seconds: number;
  /** The request to go on with. */
  readonly next: number;
  /** One for each answer; at a fixed rate counted from when the request was due. */
  readonly latenciesMs: Float64Array;
  readonly failures: number;
  readonly firstFailure: string | undefined;
}

/** Sends the plan's requests until its time is over or the signal comes. */
export async function putUnderLoad(plan: LoadPlan, stop: AbortSignal): Promise<LoadResult> {
  const url = new URL(plan.url);
  const requests = plan.requests.map((request) => encode(url, request));
  const connections = await Promise.all(Array.from({ length: plan.connections }, () => Connection.open(url)));
  const latencies: number[] = [];
  let next = plan.from;
  let failures = 0;
  let firstFailure: string | undefined;

  const startedAt = performance.now();
  const endsAt = startedAt + (plan.seconds ?? Infinity) * 1000;
  const isOver = (): boolean => stop.aborted || performance.now() >= endsAt;
  const sendOn = (connection: Connection, dueAt: number, then: () => void): void => {
    connection.send(requests[next++ % requests.length]!, (ok) => {
      latencies.push(performance.now() - dueAt);
      if (!ok) {
        failures++;
        firstFailure ??= connection.lastBody().slice(0, 500);
      }
      then();
    });
  };
  await (plan.perSecond === undefined ? closedLoop() : fixedRate(plan.perSecond));

  const seconds = (performance.now() - startedAt) / 1000;
  for (const connection of connections) connection.close();
  return { seconds, next, latenciesMs: Float64Array.from(latencies), failures, firstFailure };

  async function closedLoop(): Promise<void> {
    await Promise.all(
      connections.map(
        (connection) =>
          new Promise<void>((resolve) => {
            const again = (): void => (isOver() ? resolve() : sendOn(connection, performance.now(), again));
            again();
          }),
      ),
    );
  }

  async function fixedRate(perSecond: number): Promise<void> {
    const idle = [...connections];
    const due: number[] = [];
    let planned = 0;
    const sendDue = (): void => {
      while (due.length > 0 && idle.length > 0) {
        // In turn, since a server closes a connection that is left alone for a minute.
        const connection = idle.shift()!;
        sendOn(connection, due.shift()!, () => {
          idle.push(connection);
          sendDue();
        });
      }
    };
    await new Promise<void>((resolve) => {
      const tick = setInterval(() => {
        const now = performance.now();
        for (let dueAt; !isOver() && (dueAt = startedAt + (planned * 1000) / perSecond) <= now; planned++)
          due.push(dueAt);
        sendDue();
        if (isOver() && idle.length === connections.length) {
          clearInterval(tick);
          resolve();
        }
      }, 1);
    });
  }
}
