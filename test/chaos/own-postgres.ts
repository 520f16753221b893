import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { connect } from "../../src/composition/composition-root";
import { startEmbeddedPostgres, type EmbeddedPostgres } from "../../src/embedded-postgres";
import { migrate } from "../../src/infrastructure/migrations/migrate";

const SIGNALS = { fast: "SIGINT", immediate: "SIGQUIT" } as const;

/** A Postgres of a test's own, which can be shut down in Postgres' modes and comes back at the same address. */
export class OwnPostgres {
  private constructor(
    private readonly dataDir: string,
    private server: EmbeddedPostgres,
  ) {}

  /** With a migrated database. */
  static async start(folder: string): Promise<OwnPostgres> {
    const dataDir = join(folder, "postgres");
    const postgres = new OwnPostgres(dataDir, await startEmbeddedPostgres({ dataDir, databaseName: "chaos" }));
    const dataSource = await connect(postgres.url, "migrations");
    await migrate(dataSource);
    await dataSource.destroy();
    return postgres;
  }

  get url(): string {
    return this.server.url;
  }

  async end(mode: keyof typeof SIGNALS): Promise<void> {
    const pid = Number.parseInt(await readFile(join(this.dataDir, "cluster", "postmaster.pid"), "utf8"), 10);
    process.kill(pid, SIGNALS[mode]);
    await this.server.exited;
    await this.server.stop();
  }

  async startAgain(): Promise<void> {
    const port = Number(new URL(this.url).port);
    this.server = await startEmbeddedPostgres({ dataDir: this.dataDir, databaseName: "chaos", port });
  }

  async remove(): Promise<void> {
    await this.server.stop();
    await rm(this.dataDir, { recursive: true, force: true });
  }
}
