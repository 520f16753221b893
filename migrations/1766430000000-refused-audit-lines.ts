import type { MigrationInterface, QueryRunner } from "typeorm";
import { createIndex } from "../src/infrastructure/migrations/online-changes";

/** Counts the refused audit lines without a look at all of them. */
export class RefusedAuditLines1766430000000 implements MigrationInterface {
  readonly name = "RefusedAuditLines1766430000000";
  readonly transaction = false;

  async up(queryRunner: QueryRunner): Promise<void> {
    await createIndex(queryRunner, "audit_line_rejected", "audit_line (id) WHERE export_state = 'REJECTED'");
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query("DROP INDEX IF EXISTS audit_line_rejected");
  }
}
