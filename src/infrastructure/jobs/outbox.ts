import { makeWorkerUtils } from "graphile-worker";
import type { Pool } from "pg";
import type { Outbox, OutboxJob } from "../../kernel/outbox";
import type { Sql } from "../postgres/sql";

/** graphile-worker's own limit would end a job for good after crashes; tasks count their failures themselves. */
const MAX_ATTEMPTS = 1000;

/** Adds jobs through graphile-worker's `add_job`, in the transaction of `sql`. */
export class GraphileOutbox implements Outbox {
  constructor(private readonly sql: Sql) {}

  async add({ task, payload, queue, key, delayMs }: OutboxJob): Promise<void> {
    await this.sql.query(
      `SELECT 1 FROM graphile_worker.add_job($1, $2::json, queue_name => $3, max_attempts => $4, job_key => $5,
         run_at => now() + $6::int * interval '1 ms')`,
      [task, JSON.stringify(payload), queue ?? null, MAX_ATTEMPTS, key ?? null, delayMs ?? 0],
    );
  }

  /**
   * Does not call `remove_job`, which leaves a row behind for good if the job has started and its process is killed.
   */
  async remove(key: string): Promise<void> {
    await this.sql.query(
      "SELECT 1 FROM graphile_worker.complete_jobs(ARRAY(SELECT id FROM graphile_worker.jobs WHERE key = $1))",
      [key],
    );
  }
}

/** Removes queues without a job: graphile-worker would keep one for every Deployment that ever existed. */
export async function forgetEmptyQueues(pool: Pool): Promise<void> {
  const utils = await makeWorkerUtils({ pgPool: pool });
  try {
    await utils.cleanup({ tasks: ["GC_JOB_QUEUES"] });
  } finally {
    await utils.release();
  }
}
