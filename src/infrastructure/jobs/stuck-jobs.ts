import type { OwnConnection } from "./own-connection";

/** Finds jobs that workers could take and do not. */
export class StuckJobs {
  constructor(
    private readonly connection: Pick<OwnConnection, "query">,
    /** The tasks of this version. Jobs of other tasks are for other versions of this service. */
    private readonly tasks: readonly string[],
  ) {}

  /** Whether a job has been due for at least `dueForMs`. Before that it frees queues whose worker is gone. */
  async areThere(dueForMs: number): Promise<boolean> {
    await this.connection.query(FREE_QUEUES, [dueForMs]);
    const [row] = await this.connection.query<{ found: boolean }>(FIND, [this.tasks, dueForMs]);
    return row?.found === true;
  }
}

/** Unlocks queues without a locked job. If another worker removed the job, nothing else unlocks its queue. */
const FREE_QUEUES = `
  UPDATE graphile_worker._private_job_queues AS queue SET locked_at = NULL, locked_by = NULL
  WHERE locked_at < now() - $1::int * interval '1 ms'
    AND NOT EXISTS (SELECT 1 FROM graphile_worker._private_jobs WHERE job_queue_id = queue.id AND locked_at IS NOT NULL)`;

/** The jobs of a queue run one after another: jobs that wait behind a running one are not stuck. */
const FIND = `
  SELECT EXISTS (
    SELECT 1 FROM graphile_worker.jobs AS job
    WHERE task_identifier = ANY ($1) AND locked_at IS NULL AND attempts < max_attempts
      AND run_at < now() - $2::int * interval '1 ms'
      AND NOT EXISTS (
        SELECT 1 FROM graphile_worker.jobs AS other WHERE other.queue_name = job.queue_name AND other.locked_at IS NOT NULL
      )
  ) AS found`;
