import type { MigrationInterface, QueryRunner } from "typeorm";

/** Content that must not be deployed again. */
export class ContentHolds1796000200000 implements MigrationInterface {
  readonly name = "ContentHolds1796000200000";

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE content_hold (
        id uuid NOT NULL CONSTRAINT content_hold_pkey PRIMARY KEY,
        deployment_id uuid NOT NULL CONSTRAINT content_hold_deployment_fkey REFERENCES deployment ON DELETE CASCADE,
        revision_id uuid NOT NULL,
        revision_number integer NOT NULL,
        rollback_id uuid,
        image_repository text,
        image_tag text,
        image_digest text,
        dag_bundle_sha256 text,
        reason text NOT NULL,
        actor_id text NOT NULL,
        actor_type text NOT NULL,
        actor_label text NOT NULL,
        created_at timestamptz(3) NOT NULL
      )
    `);
    await queryRunner.query("CREATE INDEX content_hold_deployment ON content_hold (deployment_id)");
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query("DROP TABLE content_hold");
  }
}
