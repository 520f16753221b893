import { Pool, type PoolClient } from "pg";
import { serverUrl } from "../../world/database";
import { releasingOnce } from "../../../src/infrastructure/jobs/releasing-once";

type Release = (destroy?: boolean) => void;

let pool: Pool;
beforeEach(() => (pool = new Pool({ connectionString: serverUrl(), max: 1 })));

const connected = (
  from: Pool,
): Promise<{ error: Error | undefined; client: PoolClient | undefined; release: Release | undefined }> =>
  new Promise((resolve) => from.connect((error, client, release) => resolve({ error, client, release })));

test("a client may be released twice, and goes back to the pool once", async () => {
  const { release } = await connected(releasingOnce(pool));
  release?.();
  release?.();
  expect({ idle: pool.idleCount, all: pool.totalCount }).toEqual({ idle: 1, all: 1 });
  await pool.end();
});

test("of an ended pool there is an error, and nothing to release", async () => {
  await pool.end();
  const { error, release } = await connected(releasingOnce(pool));
  expect(error?.message).toMatch(/after calling end/);
  expect(release).toBeUndefined();
});

test("without a callback it connects as the pool does", async () => {
  const client = await releasingOnce(pool).connect();
  client.release();
  await pool.end();
});
