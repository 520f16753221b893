import type { MigrationInterface, QueryRunner } from "typeorm";

/** Which processes run background jobs, and when scheduled jobs were last queued. */
export class WorkerLeases1795823500000 implements MigrationInterface {
  readonly name = "WorkerLeases1795823500000";

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE worker_lease (
        id uuid NOT NULL CONSTRAINT worker_lease_pkey PRIMARY KEY,
        worker_ids text[] NOT NULL,
        seen_at timestamptz(3) NOT NULL,
        expires_at timestamptz(3) NOT NULL
      ) WITH (fillfactor = 50);
      CREATE TABLE job_schedule (
        task text NOT NULL CONSTRAINT job_schedule_pkey PRIMARY KEY,
        last_due_at timestamptz(3) NOT NULL
      );
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query("DROP TABLE worker_lease, job_schedule");
  }
}
