import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { FIRST_PAGE } from "./bare/history-page";
import { POOL_SIZE } from "./product";
import { deploymentIdSql, DEPLOYMENTS } from "./seed";
import { temporaryFolder } from "./temporary-folder";

const run = promisify(execFile);

/** Pages per second that Postgres alone gives, without JSON and HTTP; null where there is no pgbench. */
export async function pagesByPgbench(databaseUrl: string, seconds: number): Promise<number | null> {
  const { hostname, port, username, password, pathname } = new URL(databaseUrl);
  const script = join(await temporaryFolder("pgbench"), "page.sql");
  await writeFile(
    script,
    `\\set d random(1, ${DEPLOYMENTS})\n${FIRST_PAGE.replace("$1", deploymentIdSql(":d")).replaceAll("\n", " ")};\n`,
  );
  try {
    const { stdout } = await run(
      "pgbench",
      [
        "-n",
        "-M",
        "prepared",
        "-c",
        String(POOL_SIZE),
        "-T",
        String(Math.ceil(seconds)),
        "-f",
        script,
        decodeURIComponent(pathname.slice(1)),
      ],
      {
        env: {
          PATH: process.env["PATH"],
          PGHOST: hostname,
          PGPORT: port,
          PGUSER: decodeURIComponent(username),
          PGPASSWORD: decodeURIComponent(password),
        },
      },
    );
    return Number(/tps = ([\d.]+)/.exec(stdout)?.[1]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
