import type { MigrationInterface, QueryRunner } from "typeorm";

/** Commit, branch, link and author of what was deployed. */
export class DeploySources1797000400000 implements MigrationInterface {
  readonly name = "DeploySources1797000400000";

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE deploy_revision
        ADD COLUMN source_commit text,
        ADD COLUMN source_branch text,
        ADD COLUMN source_url text,
        ADD COLUMN source_author text
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE deploy_revision
        DROP COLUMN source_commit,
        DROP COLUMN source_branch,
        DROP COLUMN source_url,
        DROP COLUMN source_author
    `);
  }
}
