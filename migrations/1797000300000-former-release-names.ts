import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * Release names of Deployments that are gone for good. Images and logs are kept under the name, so that no other Workspace
 * may have it. A trigger writes them, whatever deletes the Deployment.
 */
export class FormerReleaseNames1797000300000 implements MigrationInterface {
  readonly name = "FormerReleaseNames1797000300000";

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE former_release_name (
        name text NOT NULL CONSTRAINT former_release_name_pkey PRIMARY KEY,
        workspace_id uuid NOT NULL
      );
      CREATE FUNCTION keep_release_name() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          INSERT INTO former_release_name (name, workspace_id) VALUES (OLD.release_name, OLD.workspace_id)
            ON CONFLICT (name) DO UPDATE SET workspace_id = EXCLUDED.workspace_id;
          RETURN NULL;
        END
      $$;
      CREATE TRIGGER deployment_release_name_kept AFTER DELETE ON deployment
        FOR EACH ROW EXECUTE FUNCTION keep_release_name();
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TRIGGER deployment_release_name_kept ON deployment;
      DROP FUNCTION keep_release_name();
      DROP TABLE former_release_name;
    `);
  }
}
