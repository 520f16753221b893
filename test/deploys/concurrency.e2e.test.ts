import { createDeployment, deployImage, finish, ROLLBACK, signUpAdmin, UPDATE_IMAGE, uniqueName } from "../builders/api";
import { startTestApp, type TestApp } from "../world/app";

const PARALLEL = 50;

/** Two replicas on one database, both with background work. */
describe(`${PARALLEL} rollbacks and deploys of one Deployment at once`, () => {
  let one: TestApp;
  let other: TestApp;

  beforeAll(async () => {
    one = await startTestApp({ workers: true });
    other = await startTestApp({ workers: true, database: one.database, env: { DATA_DIR: one.dataDir } });
  });
  afterAll(async () => {
    await other.close();
    await one.close();
  });

  test("numbers without gaps, one head, every revision final, no log line lost", async () => {
    const admin = await signUpAdmin(one);
    const deployment = await createDeployment(one, admin);
    const targets = [await deployImage(one, admin, deployment), await deployImage(one, admin, deployment)];
    const answers = await Promise.all(
      Array.from({ length: PARALLEL }, (_, index) => {
        const world = index % 2 === 0 ? one : other;
        return index % 3 === 0
          ? world.send(UPDATE_IMAGE, { releaseName: deployment.releaseName, image: `registry.example.com/app:${uniqueName("p")}` }, admin)
          : world.send(ROLLBACK, { deploymentUuid: deployment.id, deployRevisionId: targets[index % 2]?.id, description: "race" }, admin);
      }),
    );
    const refused = answers.flatMap(({ errors }) => errors?.map(({ extensions }) => extensions.code) ?? []);
    expect(refused.filter((code) => code !== "TARGET_IS_CURRENT")).toEqual([]);
    const accepted = PARALLEL - refused.length;

    const { sql } = one.database;
    const ids = await sql.query<{ id: string }>("SELECT id FROM deploy_revision WHERE deployment_id = $1", [deployment.id]);
    for (const { id } of ids) await finish(one, id);
    const revisions = await sql.query<{ id: string; number: number; status: string }>(
      "SELECT id, number, status FROM deploy_revision WHERE deployment_id = $1 ORDER BY number",
      [deployment.id],
    );
    expect(revisions.map(({ number }) => number)).toEqual(Array.from({ length: accepted + 2 }, (_, index) => index + 1));
    const [row] = await sql.query<{ head: string; current: string; last: number }>(
      `SELECT head_revision_id AS head, current_revision_id AS current, last_revision_number AS last FROM deployment WHERE id = $1`,
      [deployment.id],
    );
    const newest = revisions.at(-1);
    expect(row).toEqual({ head: newest?.id, current: newest?.id, last: newest?.number });
    expect(newest?.status).toBe("DEPLOYED");
    const lines = await sql.query<{ id: string; recorded: number; finals: number }>(
      `SELECT fields->>'revisionId' AS id,
         count(*) FILTER (WHERE fields->>'event' IN ('deploy_recorded', 'rollback_accepted')) AS recorded,
         count(*) FILTER (WHERE fields->>'event' IN ('deployed', 'failed', 'superseded')) AS finals
       FROM log_line WHERE deployment_id = $1 AND fields ? 'revisionId' GROUP BY 1`,
      [deployment.id],
    );
    expect(lines).toHaveLength(revisions.length);
    expect(lines.filter(({ recorded, finals }) => recorded !== 1 || finals !== 1)).toEqual([]);
  });
});
