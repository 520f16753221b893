import { createDeployment, deployImage, finish, rollBack, signUpAdmin, type BuiltDeployment } from "../builders/api";
import { cliParts, dagArchive, postForm } from "../builders/dags";
import { ScriptedDriver } from "../builders/drivers";
import { startTestApp, type TestApp } from "../world/app";
import { startLoggedApp, type LoggedApp } from "../world/logged-app";

const INFO = 30;
const WARN = 40;

let world: TestApp;
let logged: LoggedApp;
let admin: string;
const driver = new ScriptedDriver();
beforeAll(async () => {
  world = await startTestApp({ env: { WORKERS__RETRY_COUNT: "1" } });
  admin = await signUpAdmin(world);
  logged = await startLoggedApp(world, { driver });
});
afterAll(async () => {
  await logged.close();
  await world.close();
});

const changesOf = ({ releaseName }: BuiltDeployment) =>
  logged.lines
    .filter((line) => line["event"] !== undefined && line["releaseName"] === releaseName)
    .map(({ level, event, revision, trigger, reason }) => [
      level,
      event,
      revision,
      trigger,
      ...(reason === undefined ? [] : [reason]),
    ]);

test("each change of a revision is one line of the process log", async () => {
  const deployment = await createDeployment(logged, admin, { dagDeployment: { type: "dag_deploy" } });
  const first = await deployImage(logged, admin, deployment, { image: "registry.example.com/app:one", rollOut: false });
  await logged.app.features.rollouts.apply.execute(first.id, new AbortController().signal);
  driver.fail("two", 2);
  const second = await deployImage(logged, admin, deployment, {
    image: "registry.example.com/app:two",
    rollOut: false,
  });
  await finish(logged, second.id);
  const third = await deployImage(logged, admin, deployment, {
    image: "registry.example.com/app:three",
    rollOut: false,
  });
  await finish(logged, third.id);
  await deployImage(logged, admin, deployment, { image: "registry.example.com/app:four", rollOut: false });
  await rollBack(logged, admin, deployment.id, first.id, { rollOut: false });

  expect(changesOf(deployment)).toEqual([
    [INFO, "deploy_recorded", 1, "IMAGE_ENDPOINT"],
    [INFO, "rollout_started", 1, "IMAGE_ENDPOINT"],
    [INFO, "deployed", 1, "IMAGE_ENDPOINT"],
    [INFO, "deploy_recorded", 2, "IMAGE_ENDPOINT"],
    [INFO, "rollout_started", 2, "IMAGE_ENDPOINT"],
    [WARN, "rollout_attempt_failed", 2, "IMAGE_ENDPOINT", "two did not come up"],
    [WARN, "failed", 2, "IMAGE_ENDPOINT", "two did not come up"],
    [INFO, "deploy_recorded", 3, "IMAGE_ENDPOINT"],
    [INFO, "rollout_started", 3, "IMAGE_ENDPOINT"],
    [INFO, "deployed", 3, "IMAGE_ENDPOINT"],
    [INFO, "deploy_recorded", 4, "IMAGE_ENDPOINT"],
    [INFO, "rollback_accepted", 5, "ROLLBACK"],
    [INFO, "superseded", 4, "IMAGE_ENDPOINT"],
  ]);
  const deployed = logged.lines.find(({ event }) => event === "deployed");
  expect(deployed).toMatchObject({
    msg: `${deployment.releaseName}: Revision 1 is deployed`,
    actor: expect.any(String),
    actorId: expect.any(String),
    revisionId: first.id,
  });
  const mutations = logged.lines.filter(
    ({ msg, operation }) => msg === "mutation" && operation === "updateDeploymentImage",
  );
  expect(mutations.map(({ releaseName }) => releaseName)).toEqual(
    Array.from({ length: 4 }, () => deployment.releaseName),
  );
});

test("an upload of DAGs is one as well, and what is rolled back is none", async () => {
  const deployment = await createDeployment(logged, admin, { dagDeployment: { type: "dag_deploy" } });
  const answer = await postForm(logged, deployment.releaseName, cliParts(dagArchive({ "etl.py": "" })), admin);
  expect(answer.statusCode).toBe(200);
  await world.database.sql.query(
    "ALTER TABLE audit_line ADD CONSTRAINT broken CHECK (action <> 'deploy_revision.record') NOT VALID",
  );
  try {
    expect(
      (await postForm(logged, deployment.releaseName, cliParts(dagArchive({ "b.py": "" })), admin)).statusCode,
    ).toBe(500);
  } finally {
    await world.database.sql.query("ALTER TABLE audit_line DROP CONSTRAINT broken");
  }
  expect(changesOf(deployment)).toEqual([[INFO, "deploy_recorded", 1, "DAG_UPLOAD"]]);
});
