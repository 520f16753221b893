import { createDeployment, deployImage, headOf, revisionOf, signUpAdmin } from "../../builders/api";
import { ScriptedDriver } from "../../builders/drivers";
import { startTestApp, type TestApp } from "../../world/app";
import { until } from "../../world/until";

const BURST = 30;

describe("the queue of rollouts", () => {
  let api: TestApp;
  let admin: string;
  beforeAll(async () => {
    api = await startTestApp();
    admin = await signUpAdmin(api);
  });
  afterAll(() => api.close());

  const image = (tag: string) => ({ image: `registry.example.com/app:${tag}`, rollOut: false });
  const applyJobs = () =>
    api.database.sql.query<{ key: string }>(
      "SELECT key FROM graphile_worker.jobs WHERE task_identifier = 'deploys.apply' ORDER BY id",
    );

  test("keeps the newest revision of a Deployment only, which does not wait behind the superseded ones", async () => {
    const deployment = await createDeployment(api, admin);
    for (let one = 1; one <= BURST; one++) await deployImage(api, admin, deployment, image(`burst-${one}`));
    const head = await headOf(api, deployment.id);
    expect(await applyJobs()).toEqual([{ key: `apply:${head.id}` }]);

    const driver = new ScriptedDriver();
    const replica = await startTestApp({ driver, database: api.database, workers: true });
    try {
      await until(
        () => revisionOf(api, head.id),
        ({ status }) => status === "DEPLOYED",
      );
      expect(driver.tags).toEqual([`burst-${BURST}`]);
    } finally {
      await replica.close();
    }
  });

  test("leaves a rollout alone that has started, and no row of it behind", async () => {
    const deployment = await createDeployment(api, admin);
    const driver = new ScriptedDriver();
    const replica = await startTestApp({ driver, database: api.database, workers: true });
    try {
      const held = driver.hold("started");
      await deployImage(api, admin, deployment, image("started"));
      await held.entered;
      const newest = await deployImage(api, admin, deployment, image("newest"));
      await until(
        () => revisionOf(api, newest.id),
        ({ status }) => status === "DEPLOYED",
      );
      await until(applyJobs, (jobs) => jobs.length === 0);
      expect(driver.tags).toEqual(["started", "newest"]);
    } finally {
      await replica.close();
    }
  });

  test("is forgotten by the clean-up once it is empty", async () => {
    const queues = () => api.database.sql.query("SELECT 1 FROM graphile_worker._private_job_queues");
    expect(await queues()).not.toEqual([]);
    await api.app.features.deploys.cleanUp.execute({ dryRun: false });
    expect(await queues()).toEqual([]);
  });
});
