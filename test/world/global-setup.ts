import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "../../src/composition-root";
import { migrate } from "../../src/shared/db/migrate";
import { startEmbeddedPostgres, type EmbeddedPostgres } from "../../src/shared/db/embedded-postgres";
import { administer, TEMPLATE_DATABASE, withDatabase } from "./database";

declare global {
  var embeddedPostgres: EmbeddedPostgres | undefined;
}

/** One server for the whole run, and in it a migrated database that every test file clones. */
export default async function globalSetup(): Promise<void> {
  process.env["RETROGRADE_TEST_SERVER_URL"] = process.env["TEST_DATABASE_URL"] ?? (await startServer());
  await administer(`DROP DATABASE IF EXISTS ${TEMPLATE_DATABASE} WITH (FORCE)`);
  await administer(`CREATE DATABASE ${TEMPLATE_DATABASE}`);
  const dataSource = await connect(withDatabase(process.env["RETROGRADE_TEST_SERVER_URL"], TEMPLATE_DATABASE), "migrations");
  await migrate(dataSource);
  await dataSource.destroy();
}

async function startServer(): Promise<string> {
  const dataDir = join(mkdtempSync(join(tmpdir(), "retrograde-test-")), "postgres");
  globalThis.embeddedPostgres = await startEmbeddedPostgres({ dataDir, databaseName: "postgres", durable: false });
  return globalThis.embeddedPostgres.url;
}
