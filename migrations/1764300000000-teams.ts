import type { MigrationInterface, QueryRunner } from "typeorm";

/** Teams: groups of users that are granted roles together. */
export class Teams1764300000000 implements MigrationInterface {
  readonly name = "Teams1764300000000";

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE team (
        id uuid CONSTRAINT team_pkey PRIMARY KEY,
        name text NOT NULL CONSTRAINT team_name_key UNIQUE,
        created_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL
      );

      CREATE TABLE team_member (
        team_id uuid NOT NULL CONSTRAINT team_member_team_fkey REFERENCES team ON DELETE CASCADE,
        user_id uuid NOT NULL CONSTRAINT team_member_user_fkey REFERENCES app_user ON DELETE CASCADE,
        created_at timestamptz(3) NOT NULL,
        CONSTRAINT team_member_pkey PRIMARY KEY (team_id, user_id)
      );
      CREATE INDEX team_member_user ON team_member (user_id);

      ALTER TABLE role_binding
        ADD COLUMN team_id uuid CONSTRAINT role_binding_team_fkey REFERENCES team ON DELETE CASCADE,
        DROP CONSTRAINT role_binding_subject_check,
        ADD CONSTRAINT role_binding_subject_check CHECK (num_nonnulls(user_id, service_account_id, team_id) = 1);
      CREATE UNIQUE INDEX role_binding_team_key
        ON role_binding (team_id, workspace_id, deployment_id) NULLS NOT DISTINCT WHERE team_id IS NOT NULL;

      CREATE TRIGGER team_member_access_changed AFTER INSERT OR UPDATE OR DELETE ON team_member
        FOR EACH STATEMENT EXECUTE FUNCTION access_changed();
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DELETE FROM role_binding WHERE team_id IS NOT NULL;
      ALTER TABLE role_binding
        DROP CONSTRAINT role_binding_subject_check,
        DROP COLUMN team_id,
        ADD CONSTRAINT role_binding_subject_check CHECK (num_nonnulls(user_id, service_account_id) = 1);
      DROP TABLE team_member, team;
    `);
  }
}
