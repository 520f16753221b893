import {
  ask,
  bindRole,
  createDeployment,
  createWorkspace,
  serviceAccountWith,
  signUp,
  signUpAdmin,
  UPDATE_IMAGE,
  userWith,
  type Account,
  type BuiltDeployment,
} from "../builders/api";
import {
  CANCEL_RUNTIME,
  CREATE,
  CREATE_SERVICE_ACCOUNT,
  DELETE,
  DELETE_SERVICE_ACCOUNT,
  LIST,
  NO_IDS,
  READ,
  SERVICE_ACCOUNTS,
  SET_ROLLBACK,
  SET_RUNTIME,
  SET_VARIABLES,
  UPDATE,
  UPSERT,
} from "../builders/deployment-operations";
import { fingerprint } from "../builders/fingerprint";
import { startTestApp, type TestApp } from "../world/app";

const REFUSED = "You do not have the appropriate permissions for that";

const SYSTEM = ["SYSTEM_ADMIN", "SYSTEM_EDITOR", "SYSTEM_VIEWER"];
const WORKSPACE = ["WORKSPACE_ADMIN", "WORKSPACE_EDITOR", "WORKSPACE_VIEWER"];
const DEPLOYMENT = ["DEPLOYMENT_ADMIN", "DEPLOYMENT_EDITOR", "DEPLOYMENT_VIEWER"];
const ROLES = [...SYSTEM, ...WORKSPACE, ...DEPLOYMENT, "USER"];

/** Roles from a tier up, by the public 0.35 role reference. */
const DEPLOYMENT_VIEWERS = [...SYSTEM, "WORKSPACE_ADMIN", ...DEPLOYMENT];
const DEPLOYMENT_EDITORS = ["SYSTEM_ADMIN", "SYSTEM_EDITOR", "WORKSPACE_ADMIN", "DEPLOYMENT_ADMIN", "DEPLOYMENT_EDITOR"];
const DEPLOYMENT_ADMINS = ["SYSTEM_ADMIN", "WORKSPACE_ADMIN", "DEPLOYMENT_ADMIN"];
const WORKSPACE_VIEWERS = [...SYSTEM, ...WORKSPACE];
const WORKSPACE_EDITORS = ["SYSTEM_ADMIN", "SYSTEM_EDITOR", "WORKSPACE_ADMIN", "WORKSPACE_EDITOR"];

interface Place extends BuiltDeployment {
  /** One that is on the Deployment already. */
  readonly serviceAccountId: string;
}

interface Operation {
  readonly query: string;
  readonly variables: (place: Place) => object;
  readonly allowed: readonly string[];
  /** Of a Workspace, which those with a role on a Deployment alone do not see. */
  readonly onWorkspace?: true;
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  createDeployment: {
    query: CREATE,
    variables: ({ workspaceId }) => ({ label: "New", workspaceId, executor: "CeleryExecutor" }),
    allowed: WORKSPACE_EDITORS,
    onWorkspace: true,
  },
  "upsertDeployment, creating": {
    query: UPSERT,
    variables: ({ workspaceId }) => ({ label: "New", workspaceUuid: workspaceId }),
    allowed: WORKSPACE_EDITORS,
    onWorkspace: true,
  },
  workspaceDeployments: { query: LIST, variables: ({ workspaceId }) => ({ workspaceId }), allowed: WORKSPACE_VIEWERS, onWorkspace: true },
  workspaceDeployment: {
    query: "query ($workspaceId: Uuid!, $releaseName: String!) { workspaceDeployment(workspaceUuid: $workspaceId, releaseName: $releaseName) { id } }",
    variables: ({ workspaceId, releaseName }) => ({ workspaceId, releaseName }),
    allowed: WORKSPACE_VIEWERS,
    onWorkspace: true,
  },
  deployment: { query: READ, variables: ({ id }) => ({ id }), allowed: DEPLOYMENT_VIEWERS },
  "deployment by its release name": { query: READ, variables: ({ releaseName }) => ({ releaseName }), allowed: DEPLOYMENT_VIEWERS },
  logs: { query: "query ($id: Uuid!) { logs(deploymentUuid: $id) { id } }", variables: ({ id }) => ({ id }), allowed: DEPLOYMENT_VIEWERS },
  deploymentServiceAccounts: { query: SERVICE_ACCOUNTS, variables: ({ id }) => ({ deploymentId: id }), allowed: DEPLOYMENT_VIEWERS },
  updateDeployment: { query: UPDATE, variables: ({ id }) => ({ deploymentId: id, payload: { label: "Renamed" } }), allowed: DEPLOYMENT_EDITORS },
  "upsertDeployment, changing": { query: UPSERT, variables: ({ id }) => ({ deploymentUuid: id, label: "Renamed" }), allowed: DEPLOYMENT_EDITORS },
  updateDeploymentVariables: {
    query: SET_VARIABLES,
    variables: ({ id, releaseName }) => ({ deploymentId: id, releaseName, environmentVariables: [{ key: "A", value: "1" }] }),
    allowed: DEPLOYMENT_EDITORS,
  },
  updateDeploymentRuntime: { query: SET_RUNTIME, variables: ({ id }) => ({ deploymentId: id, desiredRuntimeVersion: "11.5.0" }), allowed: DEPLOYMENT_EDITORS },
  cancelRuntimeUpdate: { query: CANCEL_RUNTIME, variables: ({ id }) => ({ deploymentId: id }), allowed: DEPLOYMENT_EDITORS },
  updateDeploymentRollback: { query: SET_ROLLBACK, variables: ({ id }) => ({ deploymentId: id, enabled: true }), allowed: DEPLOYMENT_EDITORS },
  updateDeploymentImage: { query: UPDATE_IMAGE, variables: ({ releaseName }) => ({ releaseName, image: "registry.example.com/app:1" }), allowed: DEPLOYMENT_EDITORS },
  createDeploymentServiceAccount: {
    query: CREATE_SERVICE_ACCOUNT,
    variables: ({ id }) => ({ deploymentUuid: id, label: "ci", role: "DEPLOYMENT_VIEWER" }),
    allowed: DEPLOYMENT_EDITORS,
  },
  deleteDeploymentServiceAccount: {
    query: DELETE_SERVICE_ACCOUNT,
    variables: ({ id, serviceAccountId }) => ({ deploymentUuid: id, serviceAccountUuid: serviceAccountId }),
    allowed: DEPLOYMENT_EDITORS,
  },
  deleteDeployment: { query: DELETE, variables: ({ id }) => ({ deploymentId: id, deploymentHardDelete: true }), allowed: DEPLOYMENT_ADMINS },
};
const NAMES = Object.keys(OPERATIONS);

function operation(name: string): Operation {
  const found = OPERATIONS[name];
  if (found === undefined) throw new Error(`no operation ${name}`);
  return found;
}

describe("who may do what with a Deployment", () => {
  let world: TestApp;
  let admin: string;
  let workspaceId: string;
  let accounts: ReadonlyMap<string, Account>;

  beforeAll(async () => {
    world = await startTestApp();
    admin = await signUpAdmin(world);
    workspaceId = await createWorkspace(world, admin);
    const made = new Map<string, Account>();
    for (const role of ROLES) {
      const account = await signUp(world, { by: admin });
      if (SYSTEM.includes(role)) await bindRole(world, account.id, role);
      if (WORKSPACE.includes(role)) await bindRole(world, account.id, role, { workspaceId });
      made.set(role, account);
    }
    accounts = made;
  });
  afterAll(() => world.close());

  async function place(overrides: { workspaceId?: string } = {}): Promise<Place> {
    const deployment = await createDeployment(world, admin, { workspaceId, rollbackEnabled: false, ...overrides });
    const serviceAccount = await serviceAccountWith(world, admin, "DEPLOYMENT_VIEWER", { deploymentId: deployment.id });
    return { ...deployment, serviceAccountId: serviceAccount.id };
  }

  /** OK, or the code of a refusal that said the right words and left no trace. */
  async function outcome({ query, variables }: Operation, at: Place, token: string): Promise<string> {
    const before = await fingerprint(world);
    const { status, errors } = await world.send(query, variables(at), token);
    expect(status).toBe(200);
    if (errors === undefined) return "OK";
    expect(await fingerprint(world)).toEqual(before);
    const [first] = errors;
    if (first?.extensions.code === "FORBIDDEN") expect(first.message).toBe(REFUSED);
    else expect(first?.message).toMatch(/^(Deployment|Workspace) not found$/);
    return first?.extensions.code ?? "";
  }

  const expectedOf = ({ allowed, onWorkspace }: Operation, roles: readonly string[]): object =>
    Object.fromEntries(
      roles.map((role) => {
        if (allowed.includes(role)) return [role, "OK"];
        const blind = role === "USER" || (onWorkspace === true && DEPLOYMENT.includes(role));
        return [role, blind ? "NOT_FOUND" : "FORBIDDEN"];
      }),
    );

  test.each(NAMES)("%s: each of the ten roles, given to a person", async (name) => {
    const outcomes: Record<string, string> = {};
    for (const role of ROLES) {
      const at = await place();
      const account = accounts.get(role);
      if (account === undefined) throw new Error(`nobody is ${role}`);
      if (DEPLOYMENT.includes(role)) await bindRole(world, account.id, role, { deploymentId: at.id });
      outcomes[role] = await outcome(operation(name), at, account.token);
    }
    expect(outcomes).toEqual(expectedOf(operation(name), ROLES));
  });

  test.each([
    ["deployment", [...DEPLOYMENT_VIEWERS, ...WORKSPACE]],
    ["updateDeployment", [...DEPLOYMENT_EDITORS, "WORKSPACE_EDITOR"]],
    ["updateDeploymentImage", [...DEPLOYMENT_EDITORS, "WORKSPACE_EDITOR"]],
    ["createDeployment", WORKSPACE_EDITORS],
    ["deleteDeployment", DEPLOYMENT_ADMINS],
  ])("%s: a Workspace role of a service account is that of the same tier on its Deployments", async (name, allowed) => {
    const roles = [...SYSTEM, ...WORKSPACE, ...DEPLOYMENT];
    const outcomes: Record<string, string> = {};
    for (const role of roles) {
      const at = await place();
      const where = WORKSPACE.includes(role) ? { workspaceId } : DEPLOYMENT.includes(role) ? { deploymentId: at.id } : {};
      const { token } = await serviceAccountWith(world, admin, role, where);
      outcomes[role] = await outcome(operation(name), at, token);
    }
    expect(outcomes).toEqual(expectedOf({ ...operation(name), allowed }, roles));
  });

  test.each(NAMES)("%s: what belongs to others answers as what is not there", async (name) => {
    const at = await place({ workspaceId: await createWorkspace(world, admin) });
    const elsewhere = await place({ workspaceId: await createWorkspace(world, admin) });
    const neighbour = await userWith(world, admin, "WORKSPACE_ADMIN", { workspaceId: elsewhere.workspaceId });
    await bindRole(world, neighbour.id, "DEPLOYMENT_ADMIN", { deploymentId: elsewhere.id });

    const answer = async (asked: Place): Promise<unknown> => {
      const { status, errors } = await world.send(operation(name).query, operation(name).variables(asked), neighbour.token);
      return { status, errors: errors?.map(({ message, extensions }) => ({ message, extensions })) };
    };
    const before = await fingerprint(world);
    const kind = operation(name).onWorkspace === true ? "Workspace" : "Deployment";
    const nothing = { status: 200, errors: [{ message: `${kind} not found`, extensions: { code: "NOT_FOUND" } }] };
    expect(await answer(at)).toEqual(nothing);
    for (const id of NO_IDS().filter((one) => one !== "")) {
      expect(await answer({ ...at, id, workspaceId: id, releaseName: id })).toEqual(nothing);
    }
    expect(await fingerprint(world)).toEqual(before);
  });

  test("a service account of one Deployment is not found through another", async () => {
    const [one, other] = [await place(), await place()];
    const { errors } = await world.send(DELETE_SERVICE_ACCOUNT, { deploymentUuid: one.id, serviceAccountUuid: other.serviceAccountId }, admin);
    expect(errors?.[0]).toMatchObject({ message: "Service account not found", extensions: { code: "NOT_FOUND" } });
    expect((await ask(world, SERVICE_ACCOUNTS, { deploymentId: other.id }, admin)).deploymentServiceAccounts).toHaveLength(1);
  });

  test("the list holds only the Workspace's own Deployments", async () => {
    const own = await place({ workspaceId: await createWorkspace(world, admin) });
    await place({ workspaceId: await createWorkspace(world, admin) });
    const viewer = await userWith(world, admin, "WORKSPACE_VIEWER", { workspaceId: own.workspaceId });
    const { workspaceDeployments } = await ask(world, LIST, { workspaceId: own.workspaceId }, viewer.token);
    expect(workspaceDeployments.map(({ id }: { id: string }) => id)).toEqual([own.id]);
  });

  test("somebody's roles elsewhere do not show the Deployments that they are for", async () => {
    const [here, elsewhere] = [await createWorkspace(world, admin), await createWorkspace(world, admin)];
    const foreign = await place({ workspaceId: elsewhere });
    const colleague = await userWith(world, admin, "WORKSPACE_VIEWER", { workspaceId: here });
    await bindRole(world, colleague.id, "DEPLOYMENT_EDITOR", { deploymentId: foreign.id });
    const viewer = await userWith(world, admin, "WORKSPACE_VIEWER", { workspaceId: here });
    const { data } = await world.send(
      "query ($id: Uuid!) { workspace(workspaceUuid: $id) { users { id roleBindings { role deployment { id releaseName label config } } } } }",
      { id: here },
      viewer.token,
    );
    expect(data.workspace.users.map(({ id }: { id: string }) => id)).toContain(colleague.id);
    expect(JSON.stringify(data)).not.toContain(foreign.releaseName);
  });

  test("who has which role on a Deployment shows to its viewers, and not to who merely lists it", async () => {
    const at = await place({ workspaceId: await createWorkspace(world, admin) });
    const viewer = await userWith(world, admin, "DEPLOYMENT_VIEWER", { deploymentId: at.id });
    const lister = await userWith(world, admin, "WORKSPACE_VIEWER", { workspaceId: at.workspaceId });
    const bindings = "roleBindings { role user { id } serviceAccount { id } deployment { id } }";
    const { deployment } = await ask(world, `query ($id: String!) { deployment(where: { id: $id }) { ${bindings} } }`, { id: at.id }, viewer.token);
    expect(deployment.roleBindings).toEqual(
      expect.arrayContaining([
        { role: "DEPLOYMENT_VIEWER", user: { id: viewer.id }, serviceAccount: null, deployment: { id: at.id } },
        { role: "DEPLOYMENT_VIEWER", user: null, serviceAccount: { id: at.serviceAccountId }, deployment: { id: at.id } },
      ]),
    );
    const listed = await world.send(
      `query ($id: Uuid!) { workspaceDeployments(workspaceUuid: $id) { id ${bindings} } }`,
      { id: at.workspaceId },
      lister.token,
    );
    expect(listed.errors?.[0]).toMatchObject({ message: REFUSED, extensions: { code: "FORBIDDEN" } });
    expect(listed.data.workspaceDeployments).toEqual([{ id: at.id, roleBindings: null }]);
  });
});
