import type { MigrationInterface, QueryRunner } from "typeorm";

/** Since when a dependency of a rollout is unavailable: such a time costs no attempts. */
export class RolloutOutages1766410000000 implements MigrationInterface {
  readonly name = "RolloutOutages1766410000000";

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query("ALTER TABLE deploy_revision ADD COLUMN outage_since timestamptz(3)");
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query("ALTER TABLE deploy_revision DROP COLUMN outage_since");
  }
}
