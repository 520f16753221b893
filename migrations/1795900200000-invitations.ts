import type { MigrationInterface, QueryRunner } from "typeorm";

/** Links by which invited users set their password, and when the holder of an address has proven that it is theirs. */
export class Invitations1795900200000 implements MigrationInterface {
  readonly name = "Invitations1795900200000";

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE invitation (
        user_id uuid CONSTRAINT invitation_user_fkey REFERENCES app_user ON DELETE CASCADE,
        token_hash text NOT NULL,
        expires_at timestamptz(3) NOT NULL,
        created_at timestamptz(3) NOT NULL,
        CONSTRAINT invitation_pkey PRIMARY KEY (user_id),
        CONSTRAINT invitation_token_hash_key UNIQUE (token_hash)
      );
      ALTER TABLE email ADD COLUMN proven_at timestamptz(3);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query("ALTER TABLE email DROP COLUMN proven_at; DROP TABLE invitation");
  }
}
