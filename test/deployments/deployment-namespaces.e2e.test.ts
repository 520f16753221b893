import { ask, askInVain, createWorkspace, signUp, signUpAdmin, uniqueName } from "../builders/api";
import { CREATE, DELETE, UPSERT } from "../builders/deployment-operations";
import { fingerprint } from "../builders/fingerprint";
import { startTestApp, type TestApp } from "../world/app";

const AVAILABLE = "query availableNamespaces { availableNamespaces { name } }";

let world: TestApp;
let admin: string;
let workspaceId: string;

const variables = (more: object = {}): object => ({
  label: "New",
  workspaceId,
  executor: "CeleryExecutor",
  cloudRole: "",
  dagDeployment: {},
  ...more,
});
const create = async (more: object = {}, at = world) =>
  (await ask(at, CREATE, variables(more), admin)).createDeployment;
const available = async (token = admin): Promise<string[]> =>
  (await ask(world, AVAILABLE, null, token)).availableNamespaces.map(({ name }: { name: string }) => name);

describe("where namespaces come from a pool", () => {
  beforeAll(async () => {
    world = await startTestApp({
      env: {
        DEPLOYMENTS__MANUAL_NAMESPACE_NAMES: "true",
        DEPLOYMENTS__PRE_CREATED_NAMESPACES: "team-a,team-b,team-c,team-d",
      },
    });
    admin = await signUpAdmin(world);
    workspaceId = await createWorkspace(world, admin);
  });
  afterAll(() => world.close());
  afterEach(async () => {
    await world.database.sql.query("DELETE FROM deployment");
  });

  test("everybody sees what is free", async () => {
    expect(await available((await signUp(world, { by: admin })).token)).toEqual([
      "team-a",
      "team-b",
      "team-c",
      "team-d",
    ]);
  });

  test("one that is taken is offered to nobody else, and free again once its Deployment is gone for good", async () => {
    const { id, namespace } = await create({ namespace: "team-b" });
    expect(namespace).toBe("team-b");
    expect(await available()).toEqual(["team-a", "team-c", "team-d"]);
    await ask(world, DELETE, { deploymentId: id, deploymentHardDelete: true }, admin);
    expect(await available()).toContain("team-b");
    expect(await create({ namespace: "team-b" })).toMatchObject({ namespace: "team-b" });
  });

  test("a Deployment that was deleted and is kept holds on to its own until it is cleaned up", async () => {
    const { id } = await create({ namespace: "team-a" });
    await ask(world, DELETE, { deploymentId: id, deploymentHardDelete: false }, admin);
    expect(await available()).not.toContain("team-a");
    expect(await askInVain(world, CREATE, variables({ namespace: "team-a" }), admin)).toMatchObject({
      code: "CONFLICT",
      message: expect.stringContaining("team-a"),
    });
    await world.app.features.deployments.purge("9999-01-01T00:00:00.000Z");
    expect(await available()).toContain("team-a");
  });

  test("ten who want the same one at once: one gets it, and the others are told", async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => world.send(CREATE, variables({ namespace: "team-c" }), admin)),
    );
    const codes = answers.map(({ errors }) => errors?.[0]?.extensions.code ?? "OK");
    expect(codes.sort()).toEqual([...Array<string>(9).fill("CONFLICT"), "OK"]);
    expect(await world.database.sql.query("SELECT namespace FROM deployment")).toEqual([{ namespace: "team-c" }]);
  });

  test("upsertDeployment takes one too", async () => {
    const { upsertDeployment } = await ask(
      world,
      UPSERT,
      { workspaceUuid: workspaceId, label: "New", releaseName: "", namespace: "team-d" },
      admin,
    );
    expect(upsertDeployment.namespace).toBe("team-d");
    expect(await available()).not.toContain("team-d");
  });

  test.each([
    ["none", {}],
    ["an empty one", { namespace: "" }],
    ["one beside the pool", { namespace: "team-z" }],
    ["one in capitals", { namespace: "Team-A" }],
    ["one with a null character", { namespace: "team-a\0" }],
  ])("%s is refused, naming the argument, and nothing is created", async (_name, more) => {
    const before = await fingerprint(world);
    expect(await askInVain(world, CREATE, variables(more), admin)).toMatchObject({
      code: "BAD_USER_INPUT",
      extensions: { argument: "namespace" },
    });
    expect(await fingerprint(world)).toEqual(before);
  });
});

describe("where people may type one", () => {
  beforeAll(async () => {
    world = await startTestApp({ env: { DEPLOYMENTS__NAMESPACE_FREE_FORM_ENTRY: "true" } });
    admin = await signUpAdmin(world);
    workspaceId = await createWorkspace(world, admin);
  });
  afterAll(() => world.close());

  test("it is theirs alone, be it the release name of another", async () => {
    expect((await create({ namespace: "finance" })).namespace).toBe("finance");
    expect((await askInVain(world, CREATE, variables({ namespace: "finance" }), admin)).code).toBe("CONFLICT");
    const releaseName = uniqueName("sales");
    await create({ releaseName });
    expect((await askInVain(world, CREATE, variables({ namespace: releaseName }), admin)).code).toBe("CONFLICT");
    await create({ namespace: "marketing" });
    expect((await askInVain(world, CREATE, variables({ releaseName: "marketing" }), admin)).code).toBe("CONFLICT");
  });

  test("without one it is the release name, and there is no pool to look at", async () => {
    const { releaseName, namespace } = await create();
    expect(namespace).toBe(releaseName);
    expect(await available()).toEqual([]);
  });

  test.each(["kube-system", "Finance", "-finance", "fin ance", "x".repeat(64)])(
    "%.10j is refused",
    async (namespace) => {
      expect(await askInVain(world, CREATE, variables({ namespace }), admin)).toMatchObject({
        code: "BAD_USER_INPUT",
        extensions: { argument: "namespace" },
      });
    },
  );
});

test("the chart's own way to set up a pool works, and makes namespaces free at once", async () => {
  world = await startTestApp({ env: { NAMESPACE_POOLS__ENABLED: "true", NAMESPACE_POOLS__NAMES: "one,two" } });
  try {
    admin = await signUpAdmin(world);
    workspaceId = await createWorkspace(world, admin);
    const { appConfig } = await ask(world, "{ appConfig { manualNamespaceNames hardDeleteDeployment } }", null);
    expect(appConfig).toEqual({ manualNamespaceNames: true, hardDeleteDeployment: true });
    const { id } = await create({ namespace: "one" });
    expect(await available()).toEqual(["two"]);
    await ask(world, DELETE, { deploymentId: id }, admin);
    expect(await available()).toEqual(["one", "two"]);
  } finally {
    await world.close();
  }
});
