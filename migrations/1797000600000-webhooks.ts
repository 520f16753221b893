import type { MigrationInterface, QueryRunner } from "typeorm";

/** Webhooks, and what is on its way to them. */
export class Webhooks1797000600000 implements MigrationInterface {
  readonly name = "Webhooks1797000600000";

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE webhook (
        id uuid NOT NULL CONSTRAINT webhook_pkey PRIMARY KEY,
        workspace_id uuid CONSTRAINT webhook_workspace_fkey REFERENCES workspace ON DELETE CASCADE,
        label text NOT NULL,
        url text NOT NULL,
        format text NOT NULL,
        events text[] NOT NULL,
        deployment_ids uuid[] NOT NULL,
        enabled boolean NOT NULL,
        sealed_secret text NOT NULL,
        created_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL
      )
    `);
    await queryRunner.query("CREATE INDEX webhook_workspace ON webhook (workspace_id)");
    await queryRunner.query(`
      CREATE TABLE webhook_delivery (
        id uuid NOT NULL CONSTRAINT webhook_delivery_pkey PRIMARY KEY,
        position bigserial NOT NULL,
        webhook_id uuid NOT NULL CONSTRAINT webhook_delivery_webhook_fkey REFERENCES webhook ON DELETE CASCADE,
        deployment_id uuid,
        event jsonb NOT NULL,
        status text NOT NULL,
        attempts integer NOT NULL,
        response_status integer,
        error text,
        created_at timestamptz(3) NOT NULL,
        next_attempt_at timestamptz(3) NOT NULL,
        retry_until timestamptz(3) NOT NULL,
        claimed_until timestamptz(3),
        finished_at timestamptz(3)
      )
    `);
    await queryRunner.query(
      "CREATE INDEX webhook_delivery_pending ON webhook_delivery (webhook_id, deployment_id, position) WHERE status = 'PENDING'",
    );
    await queryRunner.query("CREATE INDEX webhook_delivery_webhook ON webhook_delivery (webhook_id, id)");
    await queryRunner.query("CREATE INDEX webhook_delivery_finished ON webhook_delivery (finished_at)");
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query("DROP TABLE webhook_delivery");
    await queryRunner.query("DROP TABLE webhook");
  }
}
