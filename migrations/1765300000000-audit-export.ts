import type { MigrationInterface, QueryRunner } from "typeorm";

/** Which audit lines have still to reach Elasticsearch. */
export class AuditExport1765300000000 implements MigrationInterface {
  readonly name = "AuditExport1765300000000";

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE audit_line
        ADD COLUMN export_state text NOT NULL DEFAULT 'WAITING',
        ADD CONSTRAINT audit_line_export_state_check CHECK (export_state IN ('WAITING', 'EXPORTED', 'REJECTED'));
      CREATE INDEX audit_line_waiting ON audit_line (id) WHERE export_state = 'WAITING';
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query("ALTER TABLE audit_line DROP COLUMN export_state");
  }
}
