import { fork } from "node:child_process";
import { join } from "node:path";
import type { Request } from "./connection";
import type { LoadPlan, LoadResult } from "./load";
import type { Order } from "./load-process";

type Run = Omit<LoadPlan, "requests" | "from">;

/**
 * A process that sends one list of requests. Each run goes on where the last one stopped, whichever server it is for.
 */
export class LoadGenerator {
  private readonly child = fork(join(__dirname, "load-process.ts"), { serialization: "advanced" });
  private next = 0;
  private settle: { answer: (result: LoadResult) => void; fail: (error: Error) => void } | undefined;

  constructor(requests: readonly Request[]) {
    this.child.on("message", (result) => this.settle?.answer(result as LoadResult));
    this.child.on("exit", () => this.settle?.fail(new Error("the load generator died")));
    this.order({ kind: "requests", requests });
  }

  /** @throws Error with the first bad answer, if there was any: what fails fast would look fast */
  async run(run: Run): Promise<LoadResult> {
    const answered = new Promise<LoadResult>((answer, fail) => (this.settle = { answer, fail }));
    this.order({ kind: "run", plan: { ...run, from: this.next } });
    const result = await answered;
    this.next = result.next;
    if (result.failures > 0)
      throw new Error(`${result.failures} bad answers from ${run.url}, the first: ${result.firstFailure}`);
    return result;
  }

  /** Ends a run that has no time limit. */
  stopRun(): void {
    this.order({ kind: "stop" });
  }

  close(): void {
    this.child.disconnect();
  }

  private order(order: Order): void {
    this.child.send(order);
  }
}
