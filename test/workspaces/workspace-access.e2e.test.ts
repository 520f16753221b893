import { randomUUID } from "node:crypto";
import {
  ask,
  bindRole,
  createDeployment,
  createWorkspace,
  serviceAccountWith,
  signUp,
  signUpAdmin,
  uniqueName,
  userWith,
} from "../builders/api";
import { NO_IDS } from "../builders/deployment-operations";
import { bindTeam, teamWith } from "../builders/team-operations";
import {
  ADD_TEAM,
  ADD_USER,
  CREATE_WORKSPACE,
  CREATE_WORKSPACE_SERVICE_ACCOUNT,
  DELETE_WORKSPACE,
  DELETE_WORKSPACE_SERVICE_ACCOUNT,
  everything,
  listed,
  MEMBERS,
  PAGE_OF_USERS,
  person,
  type Person,
  READ_WORKSPACE,
  refusedWithoutTrace,
  REMOVE_TEAM_FROM_WORKSPACE,
  REMOVE_USER,
  UPDATE_TEAM_ROLE,
  UPDATE_WORKSPACE,
  UPSERT_USER,
  WORKSPACE_SERVICE_ACCOUNTS,
  WORKSPACE_TEAMS,
  WORKSPACE_USER,
  WORKSPACE_USERS,
} from "../builders/workspace-operations";
import { startTestApp, type TestApp } from "../world/app";

const REFUSED = "You do not have the appropriate permissions for that";

const SYSTEM = ["SYSTEM_ADMIN", "SYSTEM_EDITOR", "SYSTEM_VIEWER"];
const WORKSPACE = ["WORKSPACE_ADMIN", "WORKSPACE_EDITOR", "WORKSPACE_VIEWER"];
const DEPLOYMENT = ["DEPLOYMENT_ADMIN", "DEPLOYMENT_EDITOR", "DEPLOYMENT_VIEWER"];
const ROLES = [...SYSTEM, ...WORKSPACE, ...DEPLOYMENT, "USER"];

/** A Workspace with somebody and something in it to be changed. */
interface Place {
  readonly workspaceId: string;
  readonly memberId: string;
  readonly memberEmail: string;
  readonly strangerEmail: string;
  readonly serviceAccountId: string;
  readonly teamId: string;
  readonly strangerTeamId: string;
}

interface Operation {
  readonly query: string;
  readonly variables: (place: Place) => object;
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  workspace: { query: READ_WORKSPACE, variables: ({ workspaceId }) => ({ workspaceId }) },
  "workspace with its members": { query: MEMBERS, variables: ({ workspaceId }) => ({ workspaceId }) },
  workspaceServiceAccounts: { query: WORKSPACE_SERVICE_ACCOUNTS, variables: ({ workspaceId }) => ({ workspaceId }) },
  updateWorkspace: {
    query: UPDATE_WORKSPACE,
    variables: ({ workspaceId }) => ({ workspaceId, payload: { label: "Renamed" } }),
  },
  createWorkspaceServiceAccount: {
    query: CREATE_WORKSPACE_SERVICE_ACCOUNT,
    variables: ({ workspaceId }) => ({ workspaceUuid: workspaceId, label: "ci", role: "WORKSPACE_VIEWER" }),
  },
  deleteWorkspaceServiceAccount: {
    query: DELETE_WORKSPACE_SERVICE_ACCOUNT,
    variables: ({ workspaceId, serviceAccountId }) => ({
      workspaceUuid: workspaceId,
      serviceAccountUuid: serviceAccountId,
    }),
  },
  workspaceAddUser: {
    query: ADD_USER,
    variables: ({ workspaceId, strangerEmail }) => ({ workspaceId, email: strangerEmail, role: "WORKSPACE_VIEWER" }),
  },
  workspaceUpsertUserRole: {
    query: UPSERT_USER,
    variables: ({ workspaceId, memberEmail }) => ({ workspaceId, email: memberEmail, role: "WORKSPACE_EDITOR" }),
  },
  workspaceRemoveUser: {
    query: REMOVE_USER,
    variables: ({ workspaceId, memberId }) => ({ workspaceId, userId: memberId }),
  },
  workspaceUser: {
    query: WORKSPACE_USER,
    variables: ({ workspaceId, memberEmail }) => ({ workspaceId, email: memberEmail }),
  },
  workspaceUsers: { query: WORKSPACE_USERS, variables: ({ workspaceId }) => ({ workspaceId }) },
  paginatedWorkspaceUsers: { query: PAGE_OF_USERS, variables: ({ workspaceId }) => ({ workspaceId, take: 5 }) },
  workspaceTeams: { query: WORKSPACE_TEAMS, variables: ({ workspaceId }) => ({ workspaceId }) },
  workspaceAddTeam: {
    query: ADD_TEAM,
    variables: ({ workspaceId, strangerTeamId }) => ({ workspaceId, teamId: strangerTeamId, role: "WORKSPACE_VIEWER" }),
  },
  workspaceUpdateTeamRole: {
    query: UPDATE_TEAM_ROLE,
    variables: ({ workspaceId, teamId }) => ({ workspaceId, teamId, role: "WORKSPACE_EDITOR" }),
  },
  workspaceRemoveTeam: {
    query: REMOVE_TEAM_FROM_WORKSPACE,
    variables: ({ workspaceId, teamId }) => ({ workspaceId, teamId }),
  },
  deleteWorkspace: { query: DELETE_WORKSPACE, variables: ({ workspaceId }) => ({ workspaceId }) },
};
const NAMES = Object.keys(OPERATIONS);

function operation(name: string): Operation {
  const found = OPERATIONS[name];
  if (found === undefined) throw new Error(`no operation ${name}`);
  return found;
}

describe("who may do what with a Workspace", () => {
  let world: TestApp;
  let admin: string;
  let member: Person;
  let stranger: Person;
  beforeAll(async () => {
    world = await startTestApp();
    admin = await signUpAdmin(world);
    member = await person(world, admin);
    stranger = await person(world, admin);
  });
  afterAll(() => world.close());

  async function place(): Promise<Place> {
    const workspaceId = await createWorkspace(world, admin);
    await bindRole(world, member.id, "WORKSPACE_VIEWER", { workspaceId });
    const { id: serviceAccountId } = await serviceAccountWith(world, admin, "WORKSPACE_VIEWER", { workspaceId });
    const teamId = await teamWith(world, admin);
    await bindTeam(world, teamId, "WORKSPACE_VIEWER", { workspaceId });
    return {
      teamId,
      strangerTeamId: await teamWith(world, admin),
      workspaceId,
      memberId: member.id,
      memberEmail: member.email,
      strangerEmail: stranger.email,
      serviceAccountId,
    };
  }

  test.each(NAMES)("%s: what belongs to others answers as what is not there", async (name) => {
    const at = await place();
    const neighbour = await userWith(world, admin, "WORKSPACE_ADMIN", {
      workspaceId: await createWorkspace(world, admin),
    });
    const answer = async (asked: Place): Promise<unknown> => {
      const { status, errors, data } = await world.send(
        operation(name).query,
        operation(name).variables(asked),
        neighbour.token,
      );
      return { status, data, errors: errors?.map(({ message, extensions }) => ({ message, extensions })) };
    };
    const before = await everything(world);
    const nothing = await answer({ ...at, workspaceId: randomUUID() });
    expect(nothing).toMatchObject({
      status: 200,
      errors: [{ message: "Workspace not found", extensions: { code: "NOT_FOUND" } }],
    });
    expect(await answer(at)).toEqual(nothing);
    for (const workspaceId of NO_IDS().filter((id) => id !== ""))
      expect(await answer({ ...at, workspaceId })).toEqual(nothing);
    expect(await everything(world)).toEqual(before);
  });

  test("everybody who is signed in may create a Workspace", async () => {
    for (const role of ROLES) {
      const at = await place();
      const user = await signUp(world, { by: admin });
      if (SYSTEM.includes(role)) await bindRole(world, user.id, role);
      if (WORKSPACE.includes(role)) await bindRole(world, user.id, role, at);
      const { createWorkspace: made } = await ask(world, CREATE_WORKSPACE, { label: role }, user.token);
      expect((await ask(world, READ_WORKSPACE, { workspaceId: made.id }, user.token)).workspace.label).toBe(role);
    }
  });

  test.each(["SYSTEM_ADMIN", "SYSTEM_VIEWER"] as const)(
    "a service account that is %s may, and nobody administers the new Workspace",
    async (role) => {
      const key = await serviceAccountWith(world, admin, role);
      const { createWorkspace: made } = await ask(world, CREATE_WORKSPACE, { label: role }, key.token);
      const members = "query ($id: Uuid!) { workspaceUsers(workspaceUuid: $id) { id } }";
      expect((await ask(world, members, { id: made.id }, admin)).workspaceUsers).toEqual([]);
    },
  );

  test("a service account of a Workspace or Deployment may not create a Workspace", async () => {
    const { id: deploymentId, workspaceId } = await createDeployment(world, admin);
    for (const key of [
      await serviceAccountWith(world, admin, "WORKSPACE_ADMIN", { workspaceId }),
      await serviceAccountWith(world, admin, "DEPLOYMENT_ADMIN", { deploymentId }),
    ]) {
      const refusal = await refusedWithoutTrace(world, CREATE_WORKSPACE, { label: "New" }, key.token);
      expect(refusal).toMatchObject({ code: "FORBIDDEN", message: REFUSED });
    }
  });

  test("a list holds what each role may see: system roles all, the others their own", async () => {
    const at = await place();
    const other = await createWorkspace(world, admin);
    const { id: deploymentId } = await createDeployment(world, admin, {
      workspaceId: at.workspaceId,
      rollbackEnabled: false,
    });
    for (const role of ROLES) {
      const user = await signUp(world, { by: admin });
      const where = SYSTEM.includes(role)
        ? {}
        : WORKSPACE.includes(role)
          ? { workspaceId: at.workspaceId }
          : { deploymentId };
      if (role !== "USER") await bindRole(world, user.id, role, where);
      const ids = (await listed(world, user.token)).map(({ id }) => id);
      if (SYSTEM.includes(role)) expect(ids).toEqual(expect.arrayContaining([at.workspaceId, other]));
      else expect(ids).toEqual(role === "USER" ? [] : [at.workspaceId]);
      const all = await world.send("{ sysWorkspaces { id } }", null, user.token);
      expect(all.errors?.[0]?.message ?? "OK").toBe(SYSTEM.includes(role) ? "OK" : REFUSED);
    }
  });

  test("a member sees whose roles are here, and not which other Workspaces they are in", async () => {
    const at = await place();
    const elsewhere = await createWorkspace(world, admin, uniqueName("secret"));
    const colleague = await userWith(world, admin, "WORKSPACE_EDITOR", { workspaceId: at.workspaceId });
    await bindRole(world, colleague.id, "WORKSPACE_ADMIN", { workspaceId: elsewhere });
    const viewer = await userWith(world, admin, "WORKSPACE_VIEWER", { workspaceId: at.workspaceId });
    const { workspace } = await ask(world, MEMBERS, at, viewer.token);
    expect(workspace.roleBindings).toContainEqual({
      role: "WORKSPACE_EDITOR",
      user: { id: colleague.id },
      serviceAccount: null,
      workspace: { id: at.workspaceId },
    });
    expect(workspace.roleBindings).toContainEqual({
      role: "WORKSPACE_VIEWER",
      user: null,
      serviceAccount: { id: at.serviceAccountId },
      workspace: { id: at.workspaceId },
    });
    const bindings =
      "query ($workspaceId: Uuid!) { workspace(workspaceUuid: $workspaceId) { users { id roleBindings { workspace { id label } } } } }";
    const answer = await ask(world, bindings, at, viewer.token);
    expect(answer.workspace.users.map(({ id }: { id: string }) => id)).toEqual(
      expect.arrayContaining([colleague.id, viewer.id, at.memberId]),
    );
    expect(JSON.stringify(answer)).not.toContain(elsewhere);
  });
});

describe("roles that the installation has changed", () => {
  test("allow and refuse what it says", async () => {
    const roles = {
      WORKSPACE_VIEWER: { permissions: { "workspace.config.update": true } },
      WORKSPACE_EDITOR: { permissions: { "workspace.config.update": false } },
      USER: { permissions: { "system.workspace.create": false } },
    };
    const world = await startTestApp({ env: { ROLES: JSON.stringify(roles) } });
    try {
      const founder = await signUpAdmin(world);
      expect(await refusedWithoutTrace(world, CREATE_WORKSPACE, { label: "New" }, founder)).toMatchObject({
        code: "FORBIDDEN",
        message: REFUSED,
      });
      const workspaceId = randomUUID();
      await world.database.sql.query(
        "INSERT INTO workspace (id, label, created_at, updated_at) VALUES ($1, 'Ours', now(), now())",
        [workspaceId],
      );
      const viewer = await userWith(world, founder, "WORKSPACE_VIEWER", { workspaceId });
      const editor = await userWith(world, founder, "WORKSPACE_EDITOR", { workspaceId });
      const variables = { workspaceId, payload: { label: "Renamed" } };
      expect((await ask(world, UPDATE_WORKSPACE, variables, viewer.token)).updateWorkspace.label).toBe("Renamed");
      expect((await refusedWithoutTrace(world, UPDATE_WORKSPACE, variables, editor.token)).code).toBe("FORBIDDEN");
    } finally {
      await world.close();
    }
  });
});
