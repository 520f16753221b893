import type { MigrationInterface, QueryRunner } from "typeorm";

/** Who this installation is, and how often its database was restored. The row is written at the first use. */
export class Installation1795824000000 implements MigrationInterface {
  readonly name = "Installation1795824000000";

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE installation (
        singleton boolean DEFAULT true CONSTRAINT installation_pkey PRIMARY KEY
          CONSTRAINT installation_singleton_check CHECK (singleton),
        id uuid NOT NULL,
        epoch bigint NOT NULL DEFAULT 1,
        created_at timestamptz(3) NOT NULL,
        restored_at timestamptz(3)
      );
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query("DROP TABLE installation");
  }
}
