import type { MigrationInterface, QueryRunner } from "typeorm";

/** One line for each accepted change. */
export class AuditTrail1764200000000 implements MigrationInterface {
  readonly name = "AuditTrail1764200000000";

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE audit_line (
        id uuid CONSTRAINT audit_line_pkey PRIMARY KEY,
        action text NOT NULL,
        actor_id text NOT NULL,
        actor_type text NOT NULL,
        actor_label text NOT NULL,
        object_type text NOT NULL,
        object_id text,
        object_label text,
        workspace_id uuid,
        deployment_id uuid,
        details jsonb NOT NULL,
        request_id text,
        address text,
        created_at timestamptz(3) NOT NULL
      );
      CREATE INDEX audit_line_created_at ON audit_line (created_at, id);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query("DROP TABLE audit_line");
  }
}
