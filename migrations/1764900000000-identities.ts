import type { MigrationInterface, QueryRunner } from "typeorm";

/** What identity providers know people by, for signing in through them. */
export class Identities1764900000000 implements MigrationInterface {
  readonly name = "Identities1764900000000";

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE identity (
        issuer text NOT NULL,
        subject text NOT NULL,
        provider text NOT NULL,
        user_id uuid CONSTRAINT identity_user_fkey REFERENCES app_user ON DELETE SET NULL,
        connected_at timestamptz(3) NOT NULL,
        CONSTRAINT identity_pkey PRIMARY KEY (issuer, subject)
      );
      CREATE INDEX identity_user ON identity (user_id);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query("DROP TABLE identity");
  }
}
