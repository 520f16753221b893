import type { MigrationInterface, QueryRunner } from "typeorm";

/** DAG bundles: what was uploaded, stored once by its checksum, and as long as a revision names it. */
export class DagBundles1764100000000 implements MigrationInterface {
  name = "DagBundles1764100000000";

  async up(queries: QueryRunner): Promise<void> {
    await queries.query(`
      CREATE TABLE dag_archive (
        sha256 text CONSTRAINT dag_archive_pkey PRIMARY KEY,
        size_bytes bigint NOT NULL,
        file_count integer NOT NULL,
        created_at timestamptz(3) NOT NULL
      );

      CREATE TABLE dag_archive_file (
        archive_sha256 text NOT NULL CONSTRAINT dag_archive_file_archive_fkey REFERENCES dag_archive ON DELETE CASCADE,
        path text NOT NULL,
        size_bytes bigint NOT NULL,
        sha256 text NOT NULL,
        CONSTRAINT dag_archive_file_pkey PRIMARY KEY (archive_sha256, path)
      );

      CREATE TABLE dag_archive_removal (
        sha256 text CONSTRAINT dag_archive_removal_pkey PRIMARY KEY,
        due_at timestamptz(3) NOT NULL
      );
      CREATE INDEX dag_archive_removal_due ON dag_archive_removal (due_at);

      CREATE TABLE dag_bundle (
        deployment_id uuid NOT NULL CONSTRAINT dag_bundle_deployment_fkey REFERENCES deployment ON DELETE CASCADE,
        version text NOT NULL,
        archive_sha256 text NOT NULL CONSTRAINT dag_bundle_archive_fkey REFERENCES dag_archive,
        created_at timestamptz(3) NOT NULL,
        CONSTRAINT dag_bundle_pkey PRIMARY KEY (deployment_id, version)
      );
      CREATE INDEX dag_bundle_archive ON dag_bundle (archive_sha256);

      ALTER TABLE deployment ADD COLUMN dag_tarball_version text;

      ALTER TABLE deploy_revision ADD CONSTRAINT deploy_revision_bundle_fkey
        FOREIGN KEY (deployment_id, dag_tarball_version) REFERENCES dag_bundle (deployment_id, version)
        DEFERRABLE INITIALLY DEFERRED;
      CREATE INDEX deploy_revision_bundle ON deploy_revision (deployment_id, dag_tarball_version)
        WHERE dag_tarball_version IS NOT NULL;
    `);
  }

  async down(queries: QueryRunner): Promise<void> {
    await queries.query(`
      DROP INDEX deploy_revision_bundle;
      ALTER TABLE deploy_revision DROP CONSTRAINT deploy_revision_bundle_fkey;
      ALTER TABLE deployment DROP COLUMN dag_tarball_version;
      DROP TABLE dag_bundle;
      DROP TABLE dag_archive_removal;
      DROP TABLE dag_archive_file;
      DROP TABLE dag_archive;
    `);
  }
}
