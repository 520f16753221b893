import type { MigrationInterface, QueryRunner } from "typeorm";

/** Several signing keys for one purpose, the newest of which signs; replicas are told when they change. */
export class SigningKeyRotation1797000200100 implements MigrationInterface {
  readonly name = "SigningKeyRotation1797000200100";

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE signing_key DROP CONSTRAINT signing_key_purpose_key;
      CREATE TRIGGER signing_key_access_changed AFTER INSERT OR UPDATE OR DELETE ON signing_key
        FOR EACH STATEMENT EXECUTE FUNCTION access_changed();
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TRIGGER signing_key_access_changed ON signing_key;
      DELETE FROM signing_key older USING signing_key newer
        WHERE older.purpose = newer.purpose AND older.created_at < newer.created_at;
      DELETE FROM signing_key WHERE purpose NOT IN ('SESSIONS', 'REGISTRY');
      ALTER TABLE signing_key ADD CONSTRAINT signing_key_purpose_key UNIQUE (purpose);
    `);
  }
}
