import type { MigrationInterface, QueryRunner } from "typeorm";

/** A second key beside that of sessions, with a certificate, for the tokens of the container registry. */
export class SigningKeysByPurpose1765000000000 implements MigrationInterface {
  readonly name = "SigningKeysByPurpose1765000000000";

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE signing_key
        ADD COLUMN purpose text NOT NULL DEFAULT 'SESSIONS',
        ADD COLUMN certificate_pem text,
        ADD CONSTRAINT signing_key_purpose_key UNIQUE (purpose);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DELETE FROM signing_key WHERE purpose <> 'SESSIONS';
      ALTER TABLE signing_key DROP COLUMN purpose, DROP COLUMN certificate_pem;
    `);
  }
}
