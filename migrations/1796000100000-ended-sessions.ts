import type { MigrationInterface, QueryRunner } from "typeorm";

/** Sessions that users have signed out of. A trigger notifies all replicas of each, as of other changes of access. */
export class EndedSessions1796000100000 implements MigrationInterface {
  readonly name = "EndedSessions1796000100000";

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE ended_session (
        id uuid CONSTRAINT ended_session_pkey PRIMARY KEY,
        expires_at timestamptz(3) NOT NULL
      );
      CREATE TRIGGER ended_session_access_changed AFTER INSERT ON ended_session
        FOR EACH STATEMENT EXECUTE FUNCTION access_changed();
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query("DROP TABLE ended_session");
  }
}
