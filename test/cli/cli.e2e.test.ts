import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildSchema, parse, validate } from "graphql";
import { ask, deployImage, headOf, signUpAdmin, uniqueName } from "../builders/api";
import { dagArchive } from "../builders/dags";
import { teamWith } from "../builders/team-operations";
import { person, type Person } from "../builders/workspace-operations";
import { startTestApp, type TestApp } from "../world/app";
import { AstroCli } from "./astro-cli";
import * as ops from "./operations";

let world: TestApp;
let admin: string;
beforeAll(async () => {
  world = await startTestApp({
    env: { HELM__BASE_DOMAIN: "example.com", DEPLOYMENTS__HARD_DELETE_DEPLOYMENT: "true" },
  });
  admin = await signUpAdmin(world);
});
afterAll(() => world.close());

const cliOf = (token: string): AstroCli => Object.assign(new AstroCli(world), { token });

/** Makes a Workspace and a Deployment in it as somebody with the CLI would. */
async function workspaceOf(cli: AstroCli): Promise<string> {
  const { id } = await cli.run(() =>
    cli.call(ops.CREATE_WORKSPACE, { label: uniqueName("workspace"), description: "N/A" }),
  );
  return id;
}

async function deploymentOf(cli: AstroCli, workspaceId: string, more: object = {}) {
  return cli.run(() =>
    cli.call(ops.CREATE_DEPLOYMENT, {
      label: uniqueName("deployment"),
      workspaceId,
      executor: "CeleryExecutor",
      cloudRole: "",
      dagDeployment: {},
      runtimeVersion: "11.4.0",
      ...more,
    }),
  );
}

describe("the CLI's operations", () => {
  const schema = buildSchema(readFileSync(join(__dirname, "..", "..", "schema.graphql"), "utf8"));

  test.each(Object.entries(ops))("%s is valid", (_name, query) => {
    expect(validate(schema, parse(query))).toEqual([]);
  });

  test("use every root field that the dialect has and the CLI calls", () => {
    const contract = buildSchema(readFileSync(join(__dirname, "..", "contract", "houston-0.35.graphql"), "utf8"), {
      assumeValid: true,
    });
    const offered = [contract.getQueryType(), contract.getMutationType()].flatMap((type) =>
      Object.keys(type?.getFields() ?? {}),
    );
    const used = Object.values(ops).map((query) => /\{\s*(\w+)/.exec(query.slice(query.indexOf("{")))?.[1]);
    // What the documentation's examples and scripts call, and no release of the CLI.
    const notTheClis = [
      "sysWorkspaces",
      "workspaceDeployment",
      "users",
      "removeUser",
      "verifyEmail",
      "createSystemRoleBinding",
      "upsertDeployment",
      "updateDeploymentVariables",
    ];
    expect(offered.filter((name) => !used.includes(name) && !notTheClis.includes(name))).toEqual([]);
  });
});

describe("astro login", () => {
  test("by password, and the Workspace that is left to choose", async () => {
    const cli = cliOf(admin);
    const email = `${uniqueName("login")}@example.com`;
    const password = "correct horse";
    await cli.run(() => cli.call(ops.CREATE_USER, { email, password }));
    // The CLI shows no invitation: the administrator makes another one.
    const INVITE = `mutation ($email: String!, $password: String!) {
      createUser(email: $email, password: $password) { invitation { token } } }`;
    const { createUser } = await ask(world, INVITE, { email, password }, admin);
    await ask(world, ops.CREATE_USER, { email, password, inviteToken: createUser.invitation.token });
    const fresh = new AstroCli(world);
    const { localEnabled, providers } = await fresh.run(() => fresh.call(ops.AUTH_CONFIG, { redirect: "" }));
    expect(localEnabled).toBe(true);
    expect(providers.length).toBeGreaterThan(0);
    await expect(fresh.call(ops.CREATE_TOKEN, { identity: email, password: "wrong" })).rejects.toThrow(
      /password|sign in|login|credentials/i,
    );
    fresh.token = (await fresh.call(ops.CREATE_TOKEN, { identity: email, password })).token.value;
    expect(await fresh.call(ops.WORKSPACES, null)).toEqual([]);
    const first = await workspaceOf(fresh);
    expect((await fresh.call(ops.WORKSPACES, null)).map(({ id }: { id: string }) => id)).toEqual([first]);
    await workspaceOf(fresh);
    expect(await fresh.call(ops.PAGE_OF_WORKSPACES, { pageSize: 2, pageNumber: 0 })).toHaveLength(2);
    expect(await fresh.call(ops.PAGE_OF_WORKSPACES, { pageSize: 2, pageNumber: 1 })).toEqual([]);
    expect((await fresh.call(ops.WORKSPACE, { workspaceUuid: first })).id).toBe(first);
  });

  test("a token that is no longer good lets commands start, and is told in the words that the CLI knows", async () => {
    for (const token of ["stale", `${admin}x`, "ü", "Bearer", "a.b.c", "0".repeat(32)]) {
      const cli = cliOf(token);
      await expect(cli.run(() => cli.call(ops.WORKSPACES, null))).rejects.toThrow(
        "Your token has expired. Please log in again",
      );
      expect((await cli.call(ops.AUTH_CONFIG, {})).localEnabled).toBe(true);
    }
  });
});

describe("astro workspace", () => {
  test("create, update, list, switch, delete", async () => {
    const cli = cliOf(admin);
    const workspaceId = await workspaceOf(cli);
    const label = uniqueName("renamed");
    expect(await cli.run(() => cli.call(ops.UPDATE_WORKSPACE, { workspaceId, payload: { label } }))).toMatchObject({
      id: workspaceId,
      label,
      description: "N/A",
    });
    expect(await cli.run(() => cli.call(ops.UPDATE_WORKSPACE, { workspaceId, payload: {} }))).toMatchObject({ label });
    await cli.run(() => cli.call(ops.DELETE_WORKSPACE, { workspaceId }));
    await expect(cli.call(ops.WORKSPACE, { workspaceUuid: workspaceId })).rejects.toThrow(/not found|no such/i);
  });

  test("user add, list, update, remove", async () => {
    const cli = cliOf(admin);
    const workspaceUuid = await workspaceOf(cli);
    const { id, email } = await person(world, admin);
    expect(
      (
        await cli.run(() =>
          cli.call(ops.ADD_WORKSPACE_USER, { workspaceId: workspaceUuid, email, role: "WORKSPACE_VIEWER" }),
        )
      ).id,
    ).toBe(workspaceUuid);
    const found = await cli.run(() => cli.call(ops.WORKSPACE_USER, { workspaceUuid, email }));
    expect(found.roleBindings).toContainEqual({ role: "WORKSPACE_VIEWER", workspace: { id: workspaceUuid } });
    expect(await cli.call(ops.UPDATE_WORKSPACE_USER, { workspaceUuid, email, role: "WORKSPACE_EDITOR" })).toBe(
      "WORKSPACE_EDITOR",
    );
    const everybody = await cli.run(() => cli.call(ops.WORKSPACE_USERS, { workspaceUuid }));
    const paged: Person[] = [];
    for (let cursorUuid = ""; ; cursorUuid = paged.at(-1)?.id ?? "") {
      const page = await cli.call(ops.PAGE_OF_WORKSPACE_USERS, { workspaceUuid, cursorUuid, take: 1 });
      if (page.length === 0) break;
      paged.push(...page);
    }
    expect(paged.map((one) => one.id)).toEqual(everybody.map((one: Person) => one.id));
    const before = await cli.call(ops.PAGE_OF_WORKSPACE_USERS, { workspaceUuid, cursorUuid: paged[1]?.id, take: -1 });
    expect(before.map((one: Person) => one.id)).toEqual([paged[0]?.id]);
    await cli.run(() => cli.call(ops.REMOVE_WORKSPACE_USER, { workspaceId: workspaceUuid, userId: id }));
    expect(await cli.call(ops.WORKSPACE_USERS, { workspaceUuid })).toHaveLength(everybody.length - 1);
    await expect(cli.call(ops.REMOVE_WORKSPACE_USER, { workspaceId: workspaceUuid, userId: "" })).rejects.toThrow(
      /not found|no such/i,
    );
  });

  test("team add, list, update, remove", async () => {
    const cli = cliOf(admin);
    const workspaceUuid = await workspaceOf(cli);
    const teamUuid = await teamWith(world, admin);
    expect(
      (await cli.run(() => cli.call(ops.ADD_WORKSPACE_TEAM, { workspaceUuid, teamUuid, role: "WORKSPACE_VIEWER" }))).id,
    ).toBe(workspaceUuid);
    const { roleBindings } = await cli.run(() => cli.call(ops.WORKSPACE_TEAM, { workspaceUuid, teamUuid }));
    expect(roleBindings).toEqual([{ role: "WORKSPACE_VIEWER", workspace: { id: workspaceUuid } }]);
    expect(await cli.call(ops.UPDATE_WORKSPACE_TEAM, { workspaceUuid, teamUuid, role: "WORKSPACE_ADMIN" })).toBe(
      "WORKSPACE_ADMIN",
    );
    const teams = await cli.run(() => cli.call(ops.WORKSPACE_TEAMS, { workspaceUuid }));
    expect(teams).toMatchObject([
      { id: teamUuid, roleBindings: [{ role: "WORKSPACE_ADMIN", workspace: { id: workspaceUuid } }] },
    ]);
    await cli.run(() => cli.call(ops.REMOVE_WORKSPACE_TEAM, { workspaceUuid, teamUuid }));
    expect(await cli.call(ops.WORKSPACE_TEAMS, { workspaceUuid })).toEqual([]);
  });

  test("service-account create, list, delete, with variables that the operations do not declare", async () => {
    const cli = cliOf(admin);
    const workspaceUuid = await workspaceOf(cli);
    const command = { workspaceUuid, deploymentUuid: "", label: "ci", category: "default", role: "WORKSPACE_EDITOR" };
    const { id, apiKey } = await cli.run(() => cli.call(ops.CREATE_WORKSPACE_ACCOUNT, command));
    const ci = cliOf(apiKey);
    expect((await ci.run(() => ci.call(ops.WORKSPACES, null))).map((one: { id: string }) => one.id)).toEqual([
      workspaceUuid,
    ]);
    expect(await cli.call(ops.WORKSPACE_ACCOUNTS, { workspaceUuid })).toMatchObject([
      { id, label: "ci", category: "default" },
    ]);
    await cli.call(ops.DELETE_WORKSPACE_ACCOUNT, { workspaceUuid, deploymentUuid: "", serviceAccountUuid: id });
    await expect(ci.run(() => ci.call(ops.WORKSPACES, null))).rejects.toThrow("Your token has expired");
  });
});

describe("astro team", () => {
  test("list walks until it has them all; get; update", async () => {
    const cli = cliOf(admin);
    const { id: userId } = await person(world, admin);
    const made = await Promise.all(Array.from({ length: 23 }, () => teamWith(world, admin, [userId])));
    const seen: string[] = [];
    for (let cursor = "", count = Infinity; seen.length < count; cursor = seen.at(-1) ?? "") {
      const page = await cli.call(ops.TEAMS, { take: 20, cursor });
      // The CLI indexes the last Team of each page, and has no other way out of its loop.
      expect(page.teams.length).toBeGreaterThan(0);
      seen.push(...page.teams.map(({ id }: { id: string }) => id));
      count = page.count;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining(made));
    const [teamUuid] = made;
    expect((await cli.run(() => cli.call(ops.TEAM, { teamUuid }))).id).toBe(teamUuid);
    expect(await cli.call(ops.TEAM_USERS, { teamUuid })).toMatchObject([{ id: userId }]);
    expect(await cli.run(() => cli.call(ops.GRANT_TEAM, { teamUuid, role: "SYSTEM_VIEWER" }))).toEqual({
      role: "SYSTEM_VIEWER",
    });
    expect((await cli.call(ops.TEAM, { teamUuid })).roleBindings).toMatchObject([
      { role: "SYSTEM_VIEWER", workspace: null, deployment: null },
    ]);
    expect(await cli.run(() => cli.call(ops.REVOKE_TEAM, { teamUuid, role: "SYSTEM_VIEWER" }))).toEqual({
      role: "SYSTEM_VIEWER",
    });
    await expect(cli.call(ops.TEAM, { teamUuid: "" })).rejects.toThrow(/not found|no such/i);
  });
});

describe("astro deployment", () => {
  test("create, list, update, delete", async () => {
    const cli = cliOf(admin);
    const workspaceId = await workspaceOf(cli);
    const { id, airflowVersion, urls } = await deploymentOf(cli, workspaceId);
    expect(airflowVersion).toBeNull();
    expect(urls.map(({ type }: { type: string }) => type)).toEqual(["airflow", "flower"]);
    const [listed] = await cli.run(() => cli.call(ops.WORKSPACE_DEPLOYMENTS, { workspaceId }));
    expect(listed).toMatchObject({
      id,
      airflowVersion: null,
      runtimeVersion: "11.4.0",
      desiredRuntimeVersion: "11.4.0",
    });
    expect(listed.version).toMatch(/^\d/);
    expect(listed.deployInfo.nextCli).toMatch(/./);

    const all = await cli.run(() => cli.call(ops.ALL_DEPLOYMENTS, { take: -1 }));
    const [{ count }] = (await world.database.sql.query(
      "SELECT count(*)::int AS count FROM deployment WHERE deleted_at IS NULL",
    )) as [{ count: number }];
    expect(all).toHaveLength(count);

    await cli.run(() => cli.call(ops.DEPLOYMENT_BY_ID, { id }));
    const untouched = { deploymentId: id, payload: {}, cloudRole: "", dagDeployment: {} };
    const same = await cli.call(ops.UPDATE_DEPLOYMENT, untouched);
    expect({ ...same, updatedAt: null }).toEqual(
      Object.fromEntries(Object.keys(same).map((key) => [key, key === "updatedAt" ? null : listed[key]])),
    );
    // The command sends these along with it, and the operation declares none of them.
    const renamed = {
      ...untouched,
      payload: { label: "Renamed", description: "" },
      label: "Renamed",
      description: "",
      sync: true,
      executor: "LocalExecutor",
    };
    expect((await cli.call(ops.UPDATE_DEPLOYMENT, renamed)).label).toBe("Renamed");
    await cli.run(() => cli.call(ops.DELETE_DEPLOYMENT, { deploymentId: id, deploymentHardDelete: true }));
    expect(await cli.call(ops.WORKSPACE_DEPLOYMENTS, { workspaceId })).toEqual([]);
    await expect(cli.call(ops.DEPLOYMENT_BY_ID, { id })).rejects.toThrow(/not found|no such/i);
  });

  test("user and team add, list, update, remove", async () => {
    const cli = cliOf(admin);
    const { id } = await deploymentOf(cli, await workspaceOf(cli));
    const { email, id: userId } = await person(world, admin);
    const everybody = { deploymentId: id, user: { userId: "", email: "", fullName: "" } };
    expect(
      await cli.run(() => cli.call(ops.ADD_DEPLOYMENT_USER, { email, deploymentId: id, role: "DEPLOYMENT_VIEWER" })),
    ).toMatchObject({ role: "DEPLOYMENT_VIEWER" });
    expect(
      await cli.call(ops.UPDATE_DEPLOYMENT_USER, { email, deploymentId: id, role: "DEPLOYMENT_EDITOR" }),
    ).toMatchObject({
      role: "DEPLOYMENT_EDITOR",
      deployment: { id },
      user: { username: expect.any(String) },
    });
    const [listed] = (await cli.call(ops.DEPLOYMENT_USERS, everybody)).filter((one: Person) => one.id === userId);
    expect(listed.roleBindings).toContainEqual({ role: "DEPLOYMENT_EDITOR", deployment: { id } });
    expect(await cli.call(ops.REMOVE_DEPLOYMENT_USER, { deploymentId: id, email })).toMatchObject({
      role: "DEPLOYMENT_EDITOR",
    });

    const teamUuid = await teamWith(world, admin);
    await cli.run(() => cli.call(ops.ADD_DEPLOYMENT_TEAM, { teamUuid, deploymentUuid: id, role: "DEPLOYMENT_VIEWER" }));
    await cli.call(ops.UPDATE_DEPLOYMENT_TEAM, { teamUuid, deploymentUuid: id, role: "DEPLOYMENT_ADMIN" });
    expect(await cli.call(ops.DEPLOYMENT_TEAMS, { deploymentUuid: id })).toMatchObject([
      { id: teamUuid, roleBindings: [{ role: "DEPLOYMENT_ADMIN" }] },
    ]);
    await cli.call(ops.REMOVE_DEPLOYMENT_TEAM, { teamUuid, deploymentUuid: id });
    expect(await cli.call(ops.DEPLOYMENT_TEAMS, { deploymentUuid: id })).toEqual([]);
  });

  test("runtime upgrade and --cancel, airflow upgrade and --cancel, runtime migrate", async () => {
    const cli = cliOf(admin);
    const workspaceId = await workspaceOf(cli);
    const { id } = await deploymentOf(cli, workspaceId);
    const releases = await cli.run(() => cli.call(ops.RUNTIME_RELEASES, { clusterId: "" }));
    expect(releases.length).toBeGreaterThan(0);
    expect(await cli.call(ops.UPDATE_RUNTIME, { deploymentUuid: id, desiredRuntimeVersion: "11.5.0" })).toMatchObject({
      runtimeVersion: "11.4.0",
      desiredRuntimeVersion: "11.5.0",
    });
    await cli.call(ops.CANCEL_RUNTIME, { deploymentUuid: id });
    expect(await cli.call(ops.DEPLOYMENT_BY_ID, { id })).toMatchObject({
      runtimeVersion: "11.4.0",
      desiredRuntimeVersion: "11.4.0",
      airflowVersion: null,
    });

    const { airflowImages } = await cli.run(() => cli.call(ops.DEPLOYMENT_CONFIG, null));
    const [newest, older] = [airflowImages.at(0).version, airflowImages.at(-1).version];
    const plain = await deploymentOf(cli, workspaceId, {
      runtimeVersion: "",
      airflowVersion: [newest, older].sort()[0],
    });
    const found = await cli.call(ops.DEPLOYMENT_BY_ID, { id: plain.id });
    expect(found).toMatchObject({ runtimeVersion: null, desiredAirflowVersion: found.airflowVersion });
    await cli.call(ops.UPDATE_AIRFLOW, { deploymentId: plain.id, desiredAirflowVersion: [newest, older].sort()[1] });
    await cli.call(ops.UPDATE_AIRFLOW, { deploymentId: plain.id, desiredAirflowVersion: found.airflowVersion });
    expect((await cli.call(ops.DEPLOYMENT_BY_ID, { id: plain.id })).desiredAirflowVersion).toBe(found.airflowVersion);
    const [target] = await cli.call(ops.RUNTIME_RELEASES, { airflowVersion: found.airflowVersion, clusterId: "" });
    if (target === undefined) return;
    expect(
      await cli.call(ops.UPDATE_RUNTIME, { deploymentUuid: plain.id, desiredRuntimeVersion: target.version }),
    ).toMatchObject({ desiredRuntimeVersion: target.version });
    await cli.call(ops.CANCEL_RUNTIME, { deploymentUuid: plain.id });
  });

  test("logs of each component, from an instant with nine digits on", async () => {
    const cli = cliOf(admin);
    const { id } = await deploymentOf(cli, await workspaceOf(cli));
    for (const component of ["webserver", "scheduler", "worker", "triggerer"]) {
      const lines = await cli.run(() =>
        cli.call(ops.LOGS, {
          deploymentId: id,
          component,
          search: "",
          timestamp: "2026-08-01T10:11:12.123456789+02:00",
        }),
      );
      expect(lines).toEqual([]);
    }
  });
});

describe("astro deploy", () => {
  /** How all forms of it begin; answers the Deployment. */
  async function begin(cli: AstroCli, workspaceId: string, id: string) {
    expect((await cli.call(ops.WORKSPACE, { workspaceUuid: workspaceId })).id).toBe(workspaceId);
    const listed = await cli.call(ops.WORKSPACE_DEPLOYMENTS, { workspaceId });
    expect(listed.map((one: { id: string }) => one.id)).toContain(id);
    return cli.call(ops.DEPLOYMENT_BY_ID, { id });
  }

  async function keyOf(cli: AstroCli, deploymentUuid: string): Promise<string> {
    const command = { workspaceUuid: "", deploymentUuid, label: "ci", category: "default", role: "DEPLOYMENT_EDITOR" };
    return (await cli.run(() => cli.call(ops.CREATE_DEPLOYMENT_ACCOUNT, command))).apiKey;
  }

  test("--image-name --remote, with the key of one Deployment", async () => {
    const cli = cliOf(admin);
    const workspaceId = await workspaceOf(cli);
    const { id } = await deploymentOf(cli, workspaceId);
    const ci = cliOf(await keyOf(cli, id));
    const { releaseName } = await ci.run(() => begin(ci, workspaceId, id));
    await ci.call(ops.UPDATE_IMAGE, {
      releaseName,
      image: "registry.example.com/team/airflow:7",
      runtimeVersion: "11.4.0",
    });
    expect((await headOf(world, id)).number).toBe(1);
    // An image without the label sends the empty string.
    await ci.call(ops.UPDATE_IMAGE, { releaseName, image: "registry.example.com/team/airflow:8", runtimeVersion: "" });
    expect((await headOf(world, id)).number).toBe(2);
    await expect(
      ci.call(ops.UPDATE_IMAGE, { releaseName: "not-mine-0001", image: "a:1", runtimeVersion: "" }),
    ).rejects.toThrow(/not found|no such/i);
  });

  test("to an own registry, under the tag that the CLI makes up", async () => {
    const cli = cliOf(admin);
    const workspaceId = await workspaceOf(cli);
    const { id } = await deploymentOf(cli, workspaceId);
    const { releaseName } = await cli.run(() => begin(cli, workspaceId, id));
    const tag = "deploy-2026-08-01T10-11";
    await cli.call(ops.UPDATE_IMAGE, {
      releaseName,
      image: `registry.example.com/airflow:${releaseName}-${tag}`,
      airflowVersion: "2.9.1",
      runtimeVersion: "11.4.0",
    });
    expect((await cli.call(ops.DEPLOYMENT_BY_ID, { id })).deployInfo.nextCli).toMatch(/./);
    const digest = `sha256:${"0123456789abcdef".repeat(4)}`;
    await cli.call(ops.UPDATE_IMAGE, {
      releaseName,
      image: `registry.example.com/airflow@${digest}`,
      runtimeVersion: "11.4.0",
    });
    expect((await headOf(world, id)).number).toBe(2);
  });

  test("--dags: what was packed is deployed; the retry without a file is refused for good, and changes nothing", async () => {
    const cli = cliOf(admin);
    const workspaceId = await workspaceOf(cli);
    const { id, releaseName } = await deploymentOf(cli, workspaceId, { dagDeployment: { type: "dag_deploy" } });
    await deployImage(world, admin, { id, releaseName });
    const ci = cliOf(await keyOf(cli, id));
    const { dagDeployment, urls } = await ci.run(() => begin(ci, workspaceId, id));
    const { featureFlags } = await ci.call(ops.APP_CONFIG, {});
    expect([dagDeployment.type, featureFlags.dagOnlyDeployment]).toEqual(["dag_deploy", true]);
    const address = urls.find(({ type }: { type: string }) => type === "dagserver")?.url;
    expect(address).toBe(`https://deployments.example.com/${releaseName}/dags/upload`);
    await ci.upload(address, dagArchive({ "etl.py": "print(1)\n" }), "Deployed via <astro deploy --dags>");
    expect((await headOf(world, id)).number).toBe(2);
    await expect(ci.upload(address, Buffer.alloc(0), "Deployed via <astro deploy --dags>")).rejects.toThrow(
      /Status code: 4\d\d/,
    );
    expect((await headOf(world, id)).number).toBe(2);
    // No description, as from CLIs before 1.30; and no DAGs at all, which is an archive like any other.
    await ci.upload(address, dagArchive({}), "");
    expect((await headOf(world, id)).number).toBe(3);
    const stale = cliOf("stale");
    await expect(stale.upload(address, dagArchive({}), "")).rejects.toThrow(/Status code: 40[13]/);
  });
});
