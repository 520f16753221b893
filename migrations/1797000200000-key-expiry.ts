import type { MigrationInterface, QueryRunner } from "typeorm";

/** When a service account's key ends by itself, and the address of its last use. */
export class KeyExpiry1797000200000 implements MigrationInterface {
  readonly name = "KeyExpiry1797000200000";

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      "ALTER TABLE service_account ADD COLUMN expires_at timestamptz(3), ADD COLUMN last_used_address text",
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query("ALTER TABLE service_account DROP COLUMN expires_at, DROP COLUMN last_used_address");
  }
}
