import {
  ask,
  askInVain,
  createDeployment,
  createWorkspace,
  signUp,
  signUpAdmin,
  uniqueName,
  UPDATE_IMAGE,
  userWith,
} from "../builders/api";
import { CREATE, DELETE, READ, readDeployment, rowOf, secretsOf, UPSERT } from "../builders/deployment-operations";
import { fingerprint } from "../builders/fingerprint";
import { startTestApp, type TestApp } from "../world/app";

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

let world: TestApp;
let admin: string;
let workspaceId: string;
beforeAll(async () => {
  world = await startTestApp({
    env: {
      DEPLOYMENTS__GIT_SYNC_DAG_DEPLOYMENT: "true",
      DEPLOYMENTS__NFS_MOUNT_DAG_DEPLOYMENT: "true",
      HELM__BASE_DOMAIN: "example.com",
    },
  });
  admin = await signUpAdmin(world);
  workspaceId = await createWorkspace(world, admin);
});
afterAll(() => world.close());

/** As the command-line client calls it with no flag but the label. */
const create = async (variables: object = {}, token = admin) =>
  (
    await ask(
      world,
      CREATE,
      {
        label: uniqueName("airflow"),
        workspaceId,
        executor: "CeleryExecutor",
        cloudRole: "",
        dagDeployment: {},
        ...variables,
      },
      token,
    )
  ).createDeployment;

async function createInVain(variables: object): Promise<{ code: string; message: string; argument: unknown }> {
  const before = await fingerprint(world);
  const all = { label: "New", workspaceId, executor: "CeleryExecutor", cloudRole: "", dagDeployment: {}, ...variables };
  const { code, message, extensions } = await askInVain(world, CREATE, all, admin);
  expect(await fingerprint(world)).toEqual(before);
  return { code, message, argument: extensions["argument"] };
}

describe("createDeployment", () => {
  test("with what the command-line client sends by itself makes one that runs nothing yet", async () => {
    const created = await create({ label: " Sales " });
    expect(created).toMatchObject({
      uuid: created.id,
      type: "airflow",
      label: "Sales",
      description: null,
      namespace: created.releaseName,
      status: "active",
      airflowVersion: null,
      desiredAirflowVersion: null,
      config: { executor: "CeleryExecutor" },
      properties: {},
      rollbackEnabled: false,
      image: null,
      deployInfo: { current: null, nextCli: "deploy-1" },
      workspace: { id: workspaceId },
      dagDeployment: { type: "image", repositoryUrl: null, syncInterval: null },
      upsertedEnvironmentVariables: null,
    });
    expect(created.releaseName).toMatch(/^[a-z]+-[a-z]+-\d{4}$/);
    expect(created.version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(created.createdAt).toMatch(RFC_3339);
    expect(created.updatedAt).toBe(created.createdAt);
    expect(await readDeployment(world, admin, created)).toEqual(created);
  });

  test("without a version takes the newest Runtime with Airflow 2", async () => {
    const { runtimeVersion, desiredRuntimeVersion, runtimeAirflowVersion } = await create();
    const { runtimeReleases } = await ask(world, "{ runtimeReleases { version airflowVersion } }", null, admin);
    const [newest] = runtimeReleases.filter(({ airflowVersion }: { airflowVersion: string }) =>
      airflowVersion.startsWith("2."),
    );
    expect([runtimeVersion, runtimeAirflowVersion]).toEqual([newest.version, newest.airflowVersion]);
    expect(desiredRuntimeVersion).toBe(runtimeVersion);
  });

  test("makes its Runtime one of those to choose from, for whoever sees the Deployment", async () => {
    const runtimeVersion = "10.4.0";
    const { id: deploymentId } = await createDeployment(world, admin, { runtimeVersion });
    const listed = async (token: string): Promise<string[]> =>
      (await ask(world, "{ runtimeReleases { version } }", null, token)).runtimeReleases.map(
        ({ version }: { version: string }) => version,
      );
    const viewer = await userWith(world, admin, "DEPLOYMENT_VIEWER", { deploymentId });
    expect(await listed(viewer.token)).toContain(runtimeVersion);
    expect(await listed((await signUp(world, { by: admin })).token)).not.toContain(runtimeVersion);
  });

  test.each([
    [
      { runtimeVersion: "11.4.0" },
      {
        runtimeVersion: "11.4.0",
        desiredRuntimeVersion: "11.4.0",
        runtimeAirflowVersion: "2.9.1",
        airflowVersion: null,
      },
    ],
    [
      { runtimeVersion: "3.0-1" },
      { runtimeVersion: "3.0-1", desiredRuntimeVersion: "3.0-1", runtimeAirflowVersion: "3.0.0", airflowVersion: null },
    ],
    [
      { runtimeVersion: "14.0.0" },
      { runtimeVersion: "14.0.0", desiredRuntimeVersion: "14.0.0", runtimeAirflowVersion: null, airflowVersion: null },
    ],
    [
      { airflowVersion: "2.3.4", runtimeVersion: "" },
      {
        runtimeVersion: null,
        desiredRuntimeVersion: null,
        runtimeAirflowVersion: null,
        airflowVersion: "2.3.4",
        desiredAirflowVersion: "2.3.4",
      },
    ],
    [
      { airflowVersion: "2.9.1", runtimeVersion: "11.4.0" },
      { runtimeVersion: "11.4.0", airflowVersion: null, desiredAirflowVersion: null },
    ],
  ])("of %j is %j", async (versions, expected) => {
    expect(await create(versions)).toMatchObject(expected);
  });

  test.each([
    ["CeleryExecutor", ["airflow", "flower"]],
    ["LocalExecutor", ["airflow"]],
    ["KubernetesExecutor", ["airflow"]],
  ])("with the %s has the addresses %j", async (executor, types) => {
    const { releaseName, urls } = await create({ executor });
    expect(urls).toEqual(
      types.map((type) => ({ type, url: `https://deployments.example.com/${releaseName}/${type}` })),
    );
  });

  test("with DAG-only deploys also has the address that takes uploads", async () => {
    const { releaseName, urls } = await create({ executor: "LocalExecutor", dagDeployment: { type: "dag_deploy" } });
    expect(urls).toContainEqual({
      type: "dagserver",
      url: `https://deployments.example.com/${releaseName}/dags/upload`,
    });
  });

  test("keeps a git mechanism as it is set, and never shows the key", async () => {
    const settings = {
      repositoryUrl: "https://git.example.com/dags",
      branchName: "main",
      rev: "v1",
      dagDirectoryLocation: "dags",
      knownHosts: "git.example.com ssh-rsa AAAA",
      syncInterval: 60,
      syncTimeout: 30,
      ephemeralStorage: 2,
    };
    const created = await create({ dagDeployment: { type: "git_sync", sshKey: "-----BEGIN s3cret", ...settings } });
    expect(created.dagDeployment).toEqual({ type: "git_sync", nfsLocation: null, sshKey: null, ...settings });
    expect((await rowOf(world, created))["dag_deployment"]).toEqual({
      sealedSshKey: expect.not.stringContaining("s3cret"),
      ...settings,
    });
    expect((await secretsOf(world, created)).sshKey).toBe("-----BEGIN s3cret");
  });

  test.each([
    ["volume", { type: "volume", nfsLocation: "10.0.0.1:/dags" }],
    ["dag_deploy", { type: "dag_deploy" }],
    ["image", { type: "image" }],
    ["image", null],
  ])("with the mechanism %s", async (type, dagDeployment) => {
    expect((await create({ dagDeployment })).dagDeployment).toMatchObject({ type, ...dagDeployment });
  });

  test("keeps triggerer, cloud role, free settings and chosen names", async () => {
    const releaseName = uniqueName("chosen");
    const config = { nested: { list: [1, null, "ü"] } };
    const created = await create({ releaseName, config, cloudRole: "arn:aws:iam::1:role/x", triggererReplicas: 2 });
    expect(created).toMatchObject({
      releaseName,
      namespace: releaseName,
      config: { ...config, executor: "CeleryExecutor", triggerer: { replicas: 2 } },
    });
    expect(await rowOf(world, created)).toMatchObject({
      cloud_role: "arn:aws:iam::1:role/x",
      components: { triggerer: { replicas: 2 } },
    });
  });

  test("takes an empty type for none", async () => {
    expect((await create({ type: "" })).type).toBe("airflow");
  });

  test.each([
    "https://git.example.com/dags@main",
    "https://git@git.example.com/dags",
    "ssh://me@git.example.com:2222/dags",
    "git@git.example.com:team/dags.git",
    "git.example.com:team/dags",
  ])("takes the repository %s", async (repositoryUrl) => {
    const { dagDeployment } = await create({ dagDeployment: { type: "git_sync", repositoryUrl } });
    expect(dagDeployment).toMatchObject({ repositoryUrl });
  });

  test.each<[string, object, unknown]>([
    ["an empty label", { label: "" }, "label"],
    ["a blank label", { label: "  \n" }, "label"],
    ["a label of 191 characters", { label: "x".repeat(191) }, "label"],
    ["another type than airflow", { type: "spark" }, "type"],
    ["no Workspace", { workspaceId: "" }, "workspaceUuid"],
    ["a release name in capitals", { releaseName: "Sales" }, "releaseName"],
    ["a release name that leads elsewhere", { releaseName: "../sales" }, "releaseName"],
    ["a release name with a null character", { releaseName: "sa\0les" }, "releaseName"],
    ["a release name of 54 characters", { releaseName: "x".repeat(54) }, "releaseName"],
    ["a namespace, which cannot be chosen here", { namespace: "mine" }, "namespace"],
    ["a malformed Runtime", { runtimeVersion: "latest" }, "runtimeVersion"],
    ["a Runtime that is too old", { runtimeVersion: "4.2.4" }, "runtimeVersion"],
    ["a malformed Airflow", { airflowVersion: "two" }, "airflowVersion"],
    ["a list as config", { config: [] }, "config"],
    ["text as config", { config: "text" }, "config"],
    ["a config beyond measure", { config: { a: "x".repeat(100_000) } }, "config"],
    ["fewer than no triggerers", { triggererReplicas: -1 }, "triggerer.replicas"],
    ["a cloud role beyond measure", { cloudRole: "x".repeat(100_000) }, "cloudRole"],
    [
      "a repository beyond measure",
      { dagDeployment: { type: "git_sync", repositoryUrl: "x".repeat(100_000) } },
      expect.stringContaining("dagDeployment"),
    ],
    ...[
      "https://me:s3cret@git.example.com/dags",
      "https://t0ken@git.example.com/dags",
      " https://t0ken@git.example.com/dags",
      "HTTP://t0ken@git.example.com/dags",
      "git+https://t0ken@git.example.com/dags",
      "https://git:t0ken@git.example.com/dags",
      "https://:t0ken@git.example.com/dags",
      "ssh://git:t0ken@git.example.com/dags",
      "me:t0ken@git.example.com/dags",
    ].map((repositoryUrl): [string, object, string] => [
      `what may be a secret in a repository (${repositoryUrl})`,
      { dagDeployment: { type: "git_sync", repositoryUrl } },
      "dagDeployment.repositoryUrl",
    ]),
    [
      "an interval of less than nothing",
      { dagDeployment: { type: "git_sync", syncInterval: -60 } },
      expect.stringContaining("dagDeployment"),
    ],
  ])("refuses %s, naming the argument, and creates nothing", async (_name, variables, argument) => {
    const refusal = await createInVain(variables);
    expect(refusal).toMatchObject({ code: "BAD_USER_INPUT", argument });
    expect(refusal.message).toContain(`${refusal.argument as string}: `);
  });

  test.each([
    ["an executor that is none", { executor: "SequentialExecutor" }, "executor"],
    ["no executor", { executor: null }, "executor"],
    ["a mechanism that is none", { dagDeployment: { type: "ftp" } }, "dagDeployment"],
    ["a mechanism's setting that is none", { dagDeployment: { colour: "red" } }, "dagDeployment"],
    ["an interval that is no number", { dagDeployment: { syncInterval: "60" } }, "dagDeployment"],
    ["an interval too large for a number", { dagDeployment: { syncInterval: 2 ** 31 } }, "dagDeployment"],
    ["half a triggerer", { triggererReplicas: 0.5 }, "triggererReplicas"],
    ["a number as label", { label: 7 }, "label"],
    ["a null label", { label: null }, "label"],
  ])("refuses %s, naming the variable, and creates nothing", async (_name, variables, variable) => {
    expect(await createInVain(variables)).toMatchObject({
      code: "BAD_USER_INPUT",
      message: expect.stringContaining(`$${variable}`),
    });
  });

  test.each<[string, object]>([
    ["label", { label: "a\0b" }],
    ["cloudRole", { cloudRole: "a\0b" }],
    ["config", { config: { a: "a\0b" } }],
    ["a key of config", { config: { "a\0b": 1 } }],
    ["dagDeployment", { dagDeployment: { repositoryUrl: "a\0b" } }],
    ["half a surrogate pair in config", { config: { a: "\ud800" } }],
    ["half a surrogate pair in dagDeployment", { dagDeployment: { branchName: "\udc00" } }],
  ])(
    "takes a character that cannot be kept for bad input and not for a fault of ours: %s",
    async (_name, variables) => {
      expect(await createInVain(variables)).toMatchObject({ code: "BAD_USER_INPUT" });
    },
  );

  test("refuses a release name that is taken, also by one that was deleted but is still kept", async () => {
    const { id, releaseName } = await create({ releaseName: uniqueName("taken") });
    const taken = { code: "CONFLICT", message: `A Deployment with the release name ${releaseName} exists already` };
    expect(await createInVain({ releaseName })).toMatchObject(taken);
    await ask(world, DELETE, { deploymentId: id }, admin);
    expect(await createInVain({ releaseName })).toMatchObject(taken);
  });

  test("of one release name ten times at once works once, and the others are told why", async () => {
    const releaseName = uniqueName("wanted");
    const variables = { label: "New", workspaceId, executor: "CeleryExecutor", releaseName };
    const answers = await Promise.all(Array.from({ length: 10 }, () => world.send(CREATE, variables, admin)));
    expect(answers.filter(({ errors }) => errors === undefined)).toHaveLength(1);
    const refused = answers.flatMap(({ errors }) => errors ?? []);
    expect(new Set(refused.map(({ message }) => message))).toEqual(
      new Set([`A Deployment with the release name ${releaseName} exists already`]),
    );
    expect(new Set(refused.map(({ extensions }) => extensions.code))).toEqual(new Set(["CONFLICT"]));
    expect(
      await world.database.sql.query("SELECT count(*) AS count FROM deployment WHERE release_name = $1", [releaseName]),
    ).toEqual([{ count: 1 }]);
  });

  test("of one label twice makes two Deployments", async () => {
    const label = uniqueName("twin");
    const [one, other] = [await create({ label }), await create({ label })];
    expect(one.id).not.toBe(other.id);
    expect(one.releaseName).not.toBe(other.releaseName);
  });
});

test("where names cannot be chosen and mechanisms are off, asking for them is refused, naming the setting", async () => {
  const strict = await startTestApp({
    database: world.database,
    env: { DEPLOYMENTS__MANUAL_RELEASE_NAMES: "false", DEPLOYMENTS__CONFIGURE_DAG_DEPLOYMENT: "false" },
  });
  try {
    const variables = { label: "New", workspaceId, executor: "CeleryExecutor" };
    const named = await askInVain(strict, CREATE, { ...variables, releaseName: "mine" }, admin);
    expect(named).toMatchObject({
      code: "BAD_USER_INPUT",
      extensions: { argument: "releaseName" },
      message: expect.stringContaining("deployments.manualReleaseNames"),
    });
    const mechanism = await askInVain(strict, CREATE, { ...variables, dagDeployment: { type: "dag_deploy" } }, admin);
    expect(mechanism).toMatchObject({
      code: "BAD_USER_INPUT",
      message: expect.stringContaining("deployments.configureDagDeployment"),
    });
    expect(
      (await ask(strict, CREATE, { ...variables, dagDeployment: { type: "image" } }, admin)).createDeployment
        .dagDeployment.type,
    ).toBe("image");
  } finally {
    await strict.close();
  }
});

describe("who creates a Deployment", () => {
  const rolesOn = async (deploymentId: string): Promise<object[]> =>
    (
      await ask(
        world,
        "query ($deploymentId: Id!) { deploymentUsers(deploymentId: $deploymentId) { id roleBindings { role deployment { id } } } }",
        { deploymentId },
        admin,
      )
    ).deploymentUsers;

  test.each([
    ["createDeployment", CREATE, { executor: "CeleryExecutor" }],
    ["upsertDeployment", UPSERT, {}],
  ])("administers it, be he an editor of the Workspace: %s", async (name, mutation, variables) => {
    const editor = await userWith(world, admin, "WORKSPACE_EDITOR", { workspaceId });
    const answer = await ask(
      world,
      mutation,
      { label: "Mine", workspaceId, workspaceUuid: workspaceId, ...variables },
      editor.token,
    );
    const { id, releaseName } = answer[name];
    expect((await ask(world, READ, { id }, editor.token)).deployment.id).toBe(id);
    await ask(world, UPDATE_IMAGE, { releaseName, image: "registry.example.com/app:1" }, editor.token);
    const binding = { role: "DEPLOYMENT_ADMIN", deployment: { id } };
    expect(await rolesOn(id)).toEqual([{ id: editor.id, roleBindings: expect.arrayContaining([binding]) }]);
    await ask(world, DELETE, { deploymentId: id }, editor.token);
  });

  test("may deploy to it in the same step", async () => {
    const editor = await userWith(world, admin, "WORKSPACE_EDITOR", { workspaceId });
    const { upsertDeployment: created } = await ask(
      world,
      UPSERT,
      { workspaceUuid: workspaceId, label: "Mine", image: "registry.example.com/app:1" },
      editor.token,
    );
    expect(created).toMatchObject({ status: "deploying", deployInfo: { nextCli: "deploy-2" } });
  });

  test("gets no role for it where he acts as its administrator anyway", async () => {
    expect(await rolesOn((await create()).id)).toEqual([]);
    const chief = await userWith(world, admin, "WORKSPACE_ADMIN", { workspaceId });
    expect(await rolesOn((await create({}, chief.token)).id)).toEqual([]);
  });

  test("gets nothing on the neighbours", async () => {
    const neighbour = await create();
    const editor = await userWith(world, admin, "WORKSPACE_EDITOR", { workspaceId });
    await create({}, editor.token);
    expect((await askInVain(world, READ, { id: neighbour.id }, editor.token)).code).toBe("FORBIDDEN");
  });
});
