import type { MigrationInterface, QueryRunner } from "typeorm";

/** Which folders and stores replicas have used, so that a start can warn of one that uses another. */
export class InstallationPlaces1795824500000 implements MigrationInterface {
  readonly name = "InstallationPlaces1795824500000";

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE installation_place (
        kind text NOT NULL,
        place_id text NOT NULL,
        address text NOT NULL,
        host text NOT NULL,
        seen_at timestamptz(3) NOT NULL,
        CONSTRAINT installation_place_pkey PRIMARY KEY (kind, place_id)
      );
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query("DROP TABLE installation_place");
  }
}
