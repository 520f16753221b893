import type { MigrationInterface, QueryRunner } from "typeorm";

/** Lines that Elasticsearch refuses are tried again for a day. */
export class RefusedLines1766420000000 implements MigrationInterface {
  readonly name = "RefusedLines1766420000000";

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE log_line ADD COLUMN refused_since timestamptz(3), ADD COLUMN retry_at timestamptz(3);
      ALTER TABLE audit_line
        ADD COLUMN refused_since timestamptz(3),
        ADD COLUMN retry_at timestamptz(3),
        ADD COLUMN rejected_reason text;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE audit_line DROP COLUMN refused_since, DROP COLUMN retry_at, DROP COLUMN rejected_reason;
      ALTER TABLE log_line DROP COLUMN refused_since, DROP COLUMN retry_at;
    `);
  }
}
