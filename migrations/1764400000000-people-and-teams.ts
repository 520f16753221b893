import type { MigrationInterface, QueryRunner } from "typeorm";

/** Teams get a description and the provider that they come from; users the instant from which sessions count. */
export class PeopleAndTeams1764400000000 implements MigrationInterface {
  readonly name = "PeopleAndTeams1764400000000";

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE team
        ADD COLUMN description text,
        ADD COLUMN provider text NOT NULL DEFAULT 'local',
        DROP CONSTRAINT team_name_key,
        ADD CONSTRAINT team_provider_name_key UNIQUE (provider, name);

      ALTER TABLE app_user ADD COLUMN sessions_from timestamptz(3);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE app_user DROP COLUMN sessions_from;

      DELETE FROM team WHERE provider <> 'local';
      ALTER TABLE team
        DROP CONSTRAINT team_provider_name_key,
        DROP COLUMN description,
        DROP COLUMN provider,
        ADD CONSTRAINT team_name_key UNIQUE (name);
    `);
  }
}
