import type { MigrationInterface, QueryRunner } from "typeorm";

/** The steps of each revision's latest rollout attempt. */
export class RolloutSteps1795825000000 implements MigrationInterface {
  readonly name = "RolloutSteps1795825000000";

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE rollout_step (
        revision_id uuid NOT NULL CONSTRAINT rollout_step_revision_fkey REFERENCES deploy_revision ON DELETE CASCADE,
        position smallint NOT NULL,
        name text NOT NULL,
        status text NOT NULL,
        message text,
        started_at timestamptz(3) NOT NULL,
        finished_at timestamptz(3),
        CONSTRAINT rollout_step_pkey PRIMARY KEY (revision_id, position)
      )
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query("DROP TABLE rollout_step");
  }
}
