import { newId } from "../../src/kernel/ids";
import { ask, createDeployment, createWorkspace, signUp, signUpAdmin, uniqueName, userWith } from "../builders/api";
import { bindTeam, PAGE_OF_TEAMS, READ_TEAM, TEAM_USERS, teamWith } from "../builders/team-operations";
import { refusedWithoutTrace } from "../builders/workspace-operations";
import { startTestApp, type TestApp } from "../world/app";
import { statementsDuring } from "../world/statements";

const REFUSED = "You do not have the appropriate permissions for that";

let world: TestApp;
let admin: string;
beforeAll(async () => {
  world = await startTestApp();
  admin = await signUpAdmin(world);
});
afterAll(() => world.close());

interface Page {
  readonly count: number;
  readonly ids: string[];
}

async function page(variables: object, token = admin, app = world): Promise<Page> {
  const { paginatedTeams } = await ask(app, PAGE_OF_TEAMS, variables, token);
  return { count: paginatedTeams.count, ids: paginatedTeams.teams.map(({ id }: { id: string }) => id) };
}

describe("paginatedTeams", () => {
  test("is read to its end by the last id of each page, as the command-line client does", async () => {
    const own = await startTestApp();
    try {
      const chief = await signUpAdmin(own);
      expect(await page({ cursor: "", take: 20 }, chief, own)).toEqual({ count: 0, ids: [] });
      const all: string[] = [];
      for (let one = 0; one < 45; one++) all.push(await teamWith(own, chief, [], { name: `team ${String(99 - one)}` }));
      const read: string[] = [];
      let requests = 0;
      for (let cursor = "", count = Infinity; read.length < count; cursor = read.at(-1) ?? "") {
        const next = await page({ cursor, take: 20 }, chief, own);
        expect(next.ids.length).toBeGreaterThan(0);
        expect(++requests).toBeLessThanOrEqual(3);
        read.push(...next.ids);
        count = next.count;
      }
      expect(read).toEqual(all);

      const [a, b, c] = [all[0], all[4], all.at(-1)];
      expect(await page({ cursor: b, take: -3 }, chief, own)).toEqual({ count: 45, ids: all.slice(1, 4) });
      expect(await page({ cursor: a, take: -3 }, chief, own)).toEqual({ count: 45, ids: [] });
      expect(await page({ take: -3 }, chief, own)).toEqual({ count: 45, ids: all.slice(-3) });
      expect(await page({ cursor: c, take: 3 }, chief, own)).toEqual({ count: 45, ids: [] });
      expect(await page({ cursor: b?.toUpperCase(), take: 2 }, chief, own)).toEqual({
        count: 45,
        ids: all.slice(5, 7),
      });
      expect((await page({}, chief, own)).ids).toEqual(all.slice(0, 20));
      expect((await page({ take: null, cursor: null, workspaceUuid: "" }, chief, own)).ids).toEqual(all.slice(0, 20));
      expect((await page({ take: 200 }, chief, own)).ids).toEqual(all);

      await ask(own, "mutation ($id: ID!) { removeTeam(id: $id) { message } }", { id: b }, chief);
      expect(await page({ cursor: b, take: 2 }, chief, own)).toEqual({ count: 44, ids: all.slice(5, 7) });
    } finally {
      await own.close();
    }
  });

  test("never answers more than a hundred at once", async () => {
    await world.database.sql.query(
      "INSERT INTO team (id, name, created_at, updated_at) SELECT gen_random_uuid(), 'bulk ' || n, now(), now() FROM generate_series(1, 120) n",
    );
    const { count, ids } = await page({ take: 1_000 });
    expect({ enough: count >= 120, ids: ids.length }).toEqual({ enough: true, ids: 100 });
    expect((await page({ take: -1_000 })).ids).toHaveLength(100);
  });

  test.each([[{ take: 0 }], [{ cursor: "x" }], [{ cursor: "x".repeat(10_000) }]])("refuses %j", async (malformed) => {
    expect(await refusedWithoutTrace(world, PAGE_OF_TEAMS, malformed, admin)).toMatchObject({ code: "BAD_USER_INPUT" });
  });

  test("takes system.teams.get, or a Workspace on whose behalf one may look", async () => {
    const workspaceId = await createWorkspace(world, admin);
    const { id: deploymentId } = await createDeployment(world, admin, { workspaceId });
    const [onWorkspace, onDeployment, elsewhere] = [
      await teamWith(world, admin),
      await teamWith(world, admin),
      await teamWith(world, admin),
    ];
    await bindTeam(world, onWorkspace, "WORKSPACE_VIEWER", { workspaceId });
    await bindTeam(world, onDeployment, "DEPLOYMENT_VIEWER", { deploymentId });
    await bindTeam(world, elsewhere, "SYSTEM_VIEWER");
    const [viewer, chief, nobody, system] = [
      (await userWith(world, admin, "WORKSPACE_VIEWER", { workspaceId })).token,
      (await userWith(world, admin, "WORKSPACE_ADMIN", { workspaceId })).token,
      (await signUp(world, { by: admin })).token,
      (await userWith(world, admin, "SYSTEM_VIEWER")).token,
    ];
    const { count } = await page({});
    for (const spelling of [workspaceId, workspaceId.toUpperCase()]) {
      expect(await page({ workspaceUuid: spelling }, viewer)).toEqual({ count: 2, ids: [onWorkspace, onDeployment] });
      expect((await page({ workspaceUuid: spelling, take: -3 }, chief)).ids).toEqual([onWorkspace, onDeployment]);
    }
    expect((await page({}, system)).count).toBe(count);
    for (const token of [viewer, chief, nobody]) {
      expect(await refusedWithoutTrace(world, PAGE_OF_TEAMS, {}, token)).toMatchObject({
        code: "FORBIDDEN",
        message: REFUSED,
      });
      for (const workspaceUuid of [newId(), "x", await createWorkspace(world, admin)]) {
        expect(await refusedWithoutTrace(world, PAGE_OF_TEAMS, { workspaceUuid }, token)).toMatchObject({
          code: "NOT_FOUND",
          message: "Workspace not found",
        });
      }
    }
    expect(await refusedWithoutTrace(world, PAGE_OF_TEAMS, { workspaceUuid: workspaceId }, nobody)).toMatchObject({
      code: "NOT_FOUND",
    });
  });

  test("takes the same few statements for many Teams as for few", async () => {
    const workspaceId = await createWorkspace(world, admin);
    const query =
      "query ($take: Int) { paginatedTeams(take: $take) { count teams { id users { id emails { address } } roleBindings { role team { id } workspace { id } } } } }";
    const statementsFor = async (more: number): Promise<number> => {
      for (let one = 0; one < more; one++)
        await bindTeam(world, await teamWith(world, admin), "WORKSPACE_VIEWER", { workspaceId });
      return (await statementsDuring(() => ask(world, query, { take: 90 }, admin))).length;
    };
    const few = await statementsFor(1);
    expect(few).toBeGreaterThan(2);
    expect(await statementsFor(8)).toBe(few);
  });
});

describe("team and teamUsers", () => {
  test("answer the Team with its roles, and the places that one may see", async () => {
    const label = uniqueName("place");
    const workspaceId = await createWorkspace(world, admin, label);
    const deployment = await createDeployment(world, admin, { workspaceId });
    const id = await teamWith(world, admin);
    await bindTeam(world, id, "SYSTEM_VIEWER");
    await bindTeam(world, id, "WORKSPACE_EDITOR", { workspaceId });
    await bindTeam(world, id, "DEPLOYMENT_ADMIN", { deploymentId: deployment.id });
    const hidden = await createWorkspace(world, admin);
    await bindTeam(world, id, "WORKSPACE_VIEWER", { workspaceId: hidden });
    const { team } = await ask(world, READ_TEAM, { teamUuid: id }, admin);
    expect(team.roleBindings).toEqual(
      expect.arrayContaining([
        { role: "SYSTEM_VIEWER", team: { id }, workspace: null, deployment: null },
        { role: "WORKSPACE_EDITOR", team: { id }, workspace: { id: workspaceId, label }, deployment: null },
        {
          role: "DEPLOYMENT_ADMIN",
          team: { id },
          workspace: null,
          deployment: { id: deployment.id, label: expect.any(String) },
        },
      ]),
    );
    const viewer = await userWith(world, admin, "WORKSPACE_VIEWER", { workspaceId });
    const seen = (await ask(world, READ_TEAM, { teamUuid: id, workspaceUuid: workspaceId }, viewer.token)).team;
    expect(seen.roleBindings).toContainEqual({
      role: "WORKSPACE_EDITOR",
      team: { id },
      workspace: { id: workspaceId, label },
      deployment: null,
    });
    expect(
      seen.roleBindings.flatMap(({ workspace }: { workspace: { id: string } | null }) => workspace?.id ?? []),
    ).not.toContain(hidden);
  });

  test("are for the members, and for those who may see Teams where this one has a role", async () => {
    const workspaceId = await createWorkspace(world, admin);
    const { id: deploymentId } = await createDeployment(world, admin, { workspaceId });
    const member = await signUp(world, { by: admin });
    const [onWorkspace, onDeployment, nowhere] = [
      await teamWith(world, admin, [member.id]),
      await teamWith(world, admin),
      await teamWith(world, admin),
    ];
    await bindTeam(world, onWorkspace, "WORKSPACE_VIEWER", { workspaceId });
    await bindTeam(world, onDeployment, "DEPLOYMENT_VIEWER", { deploymentId });
    const [system, viewer, chief, worker, stranger] = [
      (await userWith(world, admin, "SYSTEM_VIEWER")).token,
      (await userWith(world, admin, "WORKSPACE_VIEWER", { workspaceId })).token,
      (await userWith(world, admin, "WORKSPACE_ADMIN", { workspaceId })).token,
      (await userWith(world, admin, "DEPLOYMENT_VIEWER", { deploymentId })).token,
      (await userWith(world, admin, "WORKSPACE_ADMIN", { workspaceId: await createWorkspace(world, admin) })).token,
    ];
    const sees = async (teamUuid: string, token: string, workspaceUuid?: string): Promise<string> => {
      const [{ errors }, users] = await Promise.all([
        world.send(READ_TEAM, { teamUuid, workspaceUuid }, token),
        world.send(TEAM_USERS, { teamUuid }, token),
      ]);
      const outcome = [errors, users.errors].map((one) => one?.[0]?.extensions.code ?? "OK");
      return outcome.join(" ");
    };
    for (const [token, expected] of [
      [admin, ["OK OK", "OK OK", "OK OK"]],
      [system, ["OK OK", "OK OK", "OK OK"]],
      [member.token, ["OK OK", "OK OK", "NOT_FOUND NOT_FOUND"]],
      [viewer, ["OK OK", "OK OK", "NOT_FOUND NOT_FOUND"]],
      [chief, ["OK OK", "OK OK", "NOT_FOUND NOT_FOUND"]],
      [worker, ["NOT_FOUND NOT_FOUND", "OK OK", "NOT_FOUND NOT_FOUND"]],
      [stranger, ["NOT_FOUND NOT_FOUND", "NOT_FOUND NOT_FOUND", "NOT_FOUND NOT_FOUND"]],
    ] as const) {
      expect([await sees(onWorkspace, token), await sees(onDeployment, token), await sees(nowhere, token)]).toEqual(
        expected,
      );
    }
    const loner = await signUp(world, { by: admin });
    const ofOne = await teamWith(world, admin, [loner.id]);
    expect([
      await sees(ofOne, loner.token),
      await sees(onWorkspace, loner.token),
      await sees(ofOne, member.token),
    ]).toEqual(["OK OK", "NOT_FOUND NOT_FOUND", "NOT_FOUND NOT_FOUND"]);
    expect(await sees(nowhere, chief, workspaceId)).toBe("NOT_FOUND NOT_FOUND");
    expect(await sees(nowhere, viewer, workspaceId)).toBe("NOT_FOUND NOT_FOUND");
    expect(await sees(nowhere, stranger, workspaceId)).toBe("NOT_FOUND NOT_FOUND");
    for (const unknown of [newId(), "", "x", "x".repeat(10_000)])
      expect(await sees(unknown, admin)).toBe("NOT_FOUND NOT_FOUND");
  });
});
