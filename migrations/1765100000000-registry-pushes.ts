import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * What the container registry has told of pushes, until it is recorded as a deploy and for a while after, so that it
 * counts once.
 */
export class RegistryPushes1765100000000 implements MigrationInterface {
  readonly name = "RegistryPushes1765100000000";

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE registry_push (
        id uuid CONSTRAINT registry_push_pkey PRIMARY KEY,
        event_id text NOT NULL CONSTRAINT registry_push_event_key UNIQUE,
        deployment_id uuid NOT NULL CONSTRAINT registry_push_deployment_fkey REFERENCES deployment ON DELETE CASCADE,
        tag text NOT NULL,
        digest text NOT NULL,
        actor_name text NOT NULL,
        request_id text NOT NULL,
        address text NOT NULL,
        received_at timestamptz(3) NOT NULL,
        outcome text,
        CONSTRAINT registry_push_outcome_check CHECK (outcome IN ('RECORDED', 'IGNORED'))
      );
      CREATE INDEX registry_push_deployment ON registry_push (deployment_id, id);
      CREATE INDEX registry_push_received_at ON registry_push (received_at);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query("DROP TABLE registry_push");
  }
}
