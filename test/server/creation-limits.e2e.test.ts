import { randomBytes } from "node:crypto";
import { createDeployment, createWorkspace, signUp, signUpAdmin, uniqueName } from "../builders/api";
import { cliParts, dagArchive, postForm } from "../builders/dags";
import { CREATE_SERVICE_ACCOUNT } from "../builders/deployment-operations";
import { startTestApp, type Answer, type TestApp } from "../world/app";

const CREATE_WORKSPACE = "mutation ($label: String!) { createWorkspace(label: $label) { id } }";
const CREATE_DEPLOYMENT =
  "mutation ($workspaceUuid: Uuid!, $label: String!) { createDeployment(workspaceUuid: $workspaceUuid, label: $label) { id } }";
const CREATE_SYSTEM_ACCOUNT = `mutation ($label: String!) { createSystemServiceAccount(label: $label, role: SYSTEM_VIEWER) { id } }`;
const AT_ONCE = 6;

let world: TestApp;
let admin: string;
beforeAll(async () => {
  world = await startTestApp({
    env: {
      LIMITS__WORKSPACES_PER_USER: "3",
      LIMITS__DEPLOYMENTS_PER_WORKSPACE: "3",
      LIMITS__SERVICE_ACCOUNTS: "3",
      LIMITS__BUNDLE_BYTES_PER_DEPLOYMENT: "3000",
    },
  });
  admin = await signUpAdmin(world);
});
afterAll(() => world.close());

/** How many of several calls at once succeed, and what the others are told. */
async function atOnce(call: (index: number) => Promise<Answer>) {
  const answers = await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => call(index)));
  const errors = answers.flatMap((answer) => answer.errors ?? []);
  return {
    succeeded: AT_ONCE - errors.length,
    refusals: errors.map(({ extensions: { code, limit, setting } }) => ({ code, limit, setting })),
  };
}

const refused = (setting: string) => ({
  code: "LIMIT_REACHED",
  limit: 3,
  setting: `astronomer.houston.config.limits.${setting}`,
});
const expected = (setting: string) => ({
  succeeded: 3,
  refusals: Array.from({ length: AT_ONCE - 3 }, () => refused(setting)),
});

test("Workspaces of a user without a system role; those with one make more", async () => {
  const { token } = await signUp(world, { by: admin });
  expect(await atOnce(() => world.send(CREATE_WORKSPACE, { label: uniqueName("team") }, token))).toEqual(
    expected("workspacesPerUser"),
  );
  expect(await atOnce(() => world.send(CREATE_WORKSPACE, { label: uniqueName("team") }, admin))).toMatchObject({
    succeeded: AT_ONCE,
  });
});

test("Deployments of a Workspace", async () => {
  const workspaceUuid = await createWorkspace(world, admin);
  expect(await atOnce(() => world.send(CREATE_DEPLOYMENT, { workspaceUuid, label: uniqueName("etl") }, admin))).toEqual(
    expected("deploymentsPerWorkspace"),
  );
});

test("service accounts of a Deployment, and of the system", async () => {
  const deployment = await createDeployment(world, admin);
  const create = (index: number) =>
    world.send(
      CREATE_SERVICE_ACCOUNT,
      { deploymentUuid: deployment.id, label: `ci-${index}`, role: "DEPLOYMENT_EDITOR" },
      admin,
    );
  expect(await atOnce(create)).toEqual(expected("serviceAccounts"));
  expect(await atOnce((index) => world.send(CREATE_SYSTEM_ACCOUNT, { label: `ci-${index}` }, admin))).toEqual(
    expected("serviceAccounts"),
  );
});

test("bytes of DAG archives of a Deployment; the same archive counts once", async () => {
  const deployment = await createDeployment(world, admin, { dagDeployment: { type: "dag_deploy" } });
  const archives = Array.from({ length: 10 }, () => dagArchive({ "etl.py": randomBytes(500).toString("hex") }));
  const upload = async (archive: Buffer) => {
    const answer = await postForm(world, deployment.releaseName, cliParts(archive), admin);
    return answer.statusCode === 200
      ? "OK"
      : answer.json<{ errors: { extensions: { code: string } }[] }>().errors[0]!.extensions.code;
  };
  const outcomes: string[] = [];
  for (const archive of archives) outcomes.push(await upload(archive));
  const kept = outcomes.filter((outcome) => outcome === "OK").length;
  expect(kept).toBeGreaterThan(0);
  expect(outcomes).toEqual([
    ...Array.from({ length: kept }, () => "OK"),
    ...Array.from({ length: 10 - kept }, () => "LIMIT_REACHED"),
  ]);
  expect(kept).toBeLessThan(10);
  expect(await upload(archives[0]!)).toBe("OK");
});
