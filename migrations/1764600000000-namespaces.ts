import type { MigrationInterface, QueryRunner } from "typeorm";

/** A namespace belongs to one Deployment, also while that is deleted but kept. */
export class Namespaces1764600000000 implements MigrationInterface {
  readonly name = "Namespaces1764600000000";

  async up(queries: QueryRunner): Promise<void> {
    // Nobody made sure of it so far, and what shares one now cannot be moved: those that came later are left out.
    await queries.query(`
      ALTER TABLE deployment ADD COLUMN shares_namespace boolean NOT NULL DEFAULT false;
      UPDATE deployment d SET shares_namespace = true
        WHERE EXISTS (SELECT FROM deployment o WHERE o.namespace = d.namespace AND (o.created_at, o.id) < (d.created_at, d.id));
      CREATE UNIQUE INDEX deployment_namespace_key ON deployment (namespace) WHERE NOT shares_namespace;
    `);
  }

  async down(queries: QueryRunner): Promise<void> {
    await queries.query(`
      DROP INDEX deployment_namespace_key;
      ALTER TABLE deployment DROP COLUMN shares_namespace;
    `);
  }
}
