import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DEMO_DEPLOYMENTS } from "../../src/demo/demo-history";
import { seedDemo } from "../../src/demo/seed-demo";
import type { App } from "../../src/composition/composition-root";
import { startTestApp, type TestApp } from "../world/app";

const ADMINISTRATOR = "admin@example.com";
const NEVER = Number.POSITIVE_INFINITY;

/** The app, which dies in the n-th rollout. */
function dyingAt(app: App, rollout: number): App {
  let rollouts = 0;
  const apply = {
    execute: async (...args: Parameters<typeof app.features.rollouts.apply.execute>) => {
      if (++rollouts === rollout) throw new Error("the power is off");
      return app.features.rollouts.apply.execute(...args);
    },
  } as typeof app.features.rollouts.apply;
  return { ...app, features: { ...app.features, rollouts: { ...app.features.rollouts, apply } } };
}

describe("the demo", () => {
  let world: TestApp;
  const clock = { now: "2026-06-01T12:00:00.000Z" };
  beforeAll(async () => {
    world = await startTestApp({ clock: () => clock.now });
    await world.app.features.access.createUser.execute({
      actor: null,
      email: ADMINISTRATOR,
      password: "correct horse battery",
      inviteToken: world.app.features.access.firstAdministrator.secret,
    });
  });
  afterAll(() => world.close());

  test("is completed, however often a start is cut off, and then left alone", async () => {
    for (const rollout of [1, 2, 5, 14, NEVER, NEVER]) {
      clock.now = "2026-06-01T12:00:00.000Z";
      const seeding = seedDemo(dyingAt(world.app, rollout), clock, { administrator: ADMINISTRATOR });
      if (rollout === NEVER) await seeding;
      else await expect(seeding).rejects.toThrow("the power is off");
    }
    expect(clock.now).toBe("2026-06-01T12:00:00.000Z");

    const { deployments, deploys } = world.app.features;
    for (const { releaseName, rollbackEnabled, deploys: past } of DEMO_DEPLOYMENTS) {
      const deployment = await deployments.readModel.findByReleaseName(releaseName);
      const { revisions } = await deploys.readModel.page({
        deploymentId: deployment?.id ?? "",
        filter: {},
        limit: 100,
      });
      expect(revisions.map(({ number }) => number).reverse()).toEqual(past.map((_, index) => index + 1));
      expect(revisions.map(({ description }) => description).reverse()).toEqual(
        past.map(({ description }) => description),
      );
      expect(revisions.filter(({ status }) => status === "INITIALIZED")).toEqual([]);
      expect([...revisions.map(({ createdAt }) => createdAt)].reverse()).toEqual(
        revisions.map(({ createdAt }) => createdAt).sort(),
      );
      expect(deployment).toMatchObject({ rollbackEnabled, currentRevisionId: revisions[0]?.id });
      const values = await readFile(join(world.dataDir, "releases", releaseName, "values.yaml"), "utf8");
      expect(values).toContain(`generation: ${past.length}`);
    }
  });

  test("holds a rollback that wants its loss of data acknowledged", async () => {
    const { access, deployments, deploys } = world.app.features;
    const credentials = await access.readModel.credentialsOf(ADMINISTRATOR);
    const token = await access.issueToken(credentials?.userId ?? "");
    const { id = "" } = (await deployments.readModel.findByReleaseName("demo-reporting")) ?? {};
    const { revisions } = await deploys.readModel.page({ deploymentId: id, filter: {}, limit: 10 });
    const plan = async (number: number) => {
      const revisionId = revisions.find((revision) => revision.number === number)?.id;
      const { data } = await world.send(
        `{ rollbackPlan(deploymentUuid: "${id}", deployRevisionId: "${revisionId}") { allowed database { losesData } } }`,
        null,
        token,
      );
      return data.rollbackPlan;
    };
    expect(await plan(2)).toEqual({ allowed: true, database: { losesData: true } });
    expect(await plan(3)).toEqual({ allowed: true, database: { losesData: false } });
  });

  test("holds DAGs by themselves, whose rollback takes files back and nothing else", async () => {
    const { access, deployments, deploys } = world.app.features;
    const credentials = await access.readModel.credentialsOf(ADMINISTRATOR);
    const token = await access.issueToken(credentials?.userId ?? "");
    const { id = "" } = (await deployments.readModel.findByReleaseName("demo-ingestion")) ?? {};
    const { revisions } = await deploys.readModel.page({ deploymentId: id, filter: {}, limit: 10 });
    expect(revisions.map(({ type, status }) => `${type} ${status}`)).toEqual([
      ...Array<string>(6).fill("DAG_ONLY DEPLOYED"),
      "IMAGE_ONLY DEPLOYED",
    ]);
    const target = revisions.find(({ number }) => number === 6)?.id;
    const { data } = await world.send(
      `{ rollbackPlan(deploymentUuid: "${id}", deployRevisionId: "${target}") { allowed dags { added removed changed } changes { field changed } } }`,
      null,
      token,
    );
    expect(data.rollbackPlan).toMatchObject({
      allowed: true,
      dags: { added: [], removed: ["refunds.py"], changed: ["customers.py"] },
    });
    const changed = data.rollbackPlan.changes.filter((change: { changed: boolean }) => change.changed);
    expect(changed).toEqual([{ field: "dagTarballVersion", changed: true }]);
    expect(await readFile(join(world.dataDir, "releases", "demo-ingestion", "dags", "refunds.py"), "utf8")).toContain(
      "CALL load_refunds()",
    );
  });
});
