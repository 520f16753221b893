import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, createApp } from "../composition-root";
import { loadConfig } from "../config";
import { migrate } from "../shared/db/migrate";
import { startEmbeddedPostgres } from "../shared/db/embedded-postgres";
import { printApiSchema } from "../shared/graphql/build-schema";

/** The schema does not depend on the installation, so it is printed from one that is made for the purpose. */
export async function printSchema(): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), "retrograde-schema-"));
  const postgres = await startEmbeddedPostgres({ dataDir: join(dataDir, "postgres"), databaseName: "schema", durable: false });
  try {
    const dataSource = await connect(postgres.url);
    await migrate(dataSource);
    await dataSource.destroy();
    const { config } = loadConfig({ valuesFiles: [], env: { DATA_DIR: dataDir }, cwd: dataDir });
    const app = await createApp({ config, databaseUrl: postgres.url });
    process.stdout.write(printApiSchema(app.schema));
    await app.stop();
  } finally {
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}
