import { ask, askInVain, createDeployment, createWorkspace, deployImage, signUpAdmin } from "../builders/api";
import { LIST, READ, readDeployment } from "../builders/deployment-operations";
import { startTestApp, type TestApp } from "../world/app";

let world: TestApp;
let admin: string;
beforeAll(async () => {
  world = await startTestApp();
  admin = await signUpAdmin(world);
});
afterAll(() => world.close());

describe("deployment", () => {
  test("is found by either name, and an empty one counts as not given", async () => {
    const { id, releaseName } = await createDeployment(world, admin);
    for (const where of [
      { id },
      { id: id.toUpperCase() },
      { releaseName },
      { id: "", releaseName },
      { id, releaseName: "" },
    ]) {
      expect((await ask(world, READ, where, admin)).deployment).toMatchObject({ id, releaseName });
    }
  });

  test.each([{}, { id: null }, { id: "", releaseName: "" }])("has to be asked for by one: %j", async (where) => {
    expect(await askInVain(world, READ, where, admin)).toMatchObject({
      code: "BAD_USER_INPUT",
      extensions: { argument: "where" },
    });
  });

  test("says what was deployed, and which tag comes next", async () => {
    const deployment = await createDeployment(world, admin);
    await deployImage(world, admin, deployment, { image: "registry.example.com/app:one" });
    await deployImage(world, admin, deployment, { image: `registry.example.com/app@sha256:${"0".repeat(64)}` });
    expect(await readDeployment(world, admin, deployment)).toMatchObject({
      status: "active",
      image: `registry.example.com/app@sha256:${"0".repeat(64)}`,
      deployInfo: { current: `sha256:${"0".repeat(64)}`, nextCli: "deploy-3" },
    });
    await deployImage(world, admin, deployment, { image: "registry.example.com/app:three", rollOut: false });
    expect(await readDeployment(world, admin, deployment)).toMatchObject({
      status: "deploying",
      deployInfo: { nextCli: "deploy-4" },
    });
  });
});

describe("workspaceDeployments", () => {
  test("come sorted by label, whole, and by release name if one is given", async () => {
    const own = await createWorkspace(world, admin);
    const created = [];
    for (const label of ["beta", "alpha", "gamma"]) {
      created.push(
        await readDeployment(world, admin, await createDeployment(world, admin, { label, workspaceId: own })),
      );
    }
    const { workspaceDeployments } = await ask(world, LIST, { workspaceId: own }, admin);
    expect(workspaceDeployments).toEqual([created[1], created[0], created[2]]);
    const one = await ask(world, LIST, { workspaceId: own, releaseName: created[2].releaseName }, admin);
    expect(one.workspaceDeployments).toEqual([created[2]]);
    expect((await ask(world, LIST, { workspaceId: own, releaseName: "" }, admin)).workspaceDeployments).toHaveLength(3);
    for (const releaseName of ["unknown", "%"]) {
      expect((await ask(world, LIST, { workspaceId: own, releaseName }, admin)).workspaceDeployments).toEqual([]);
    }
  });

  test("of an empty Workspace are an empty list", async () => {
    expect(await ask(world, LIST, { workspaceId: await createWorkspace(world, admin) }, admin)).toEqual({
      workspaceDeployments: [],
    });
  });
});
