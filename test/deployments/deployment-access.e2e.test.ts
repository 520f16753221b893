import {
  ask,
  bindRole,
  createDeployment,
  createWorkspace,
  serviceAccountWith,
  signUpAdmin,
  UPDATE_IMAGE,
  userWith,
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
  SET_AIRFLOW,
  SET_ROLLBACK,
  SET_RUNTIME,
  SET_VARIABLES,
  UPDATE,
  UPSERT,
} from "../builders/deployment-operations";
import { fingerprint } from "../builders/fingerprint";
import { startTestApp, type TestApp } from "../world/app";

const REFUSED = "You do not have the appropriate permissions for that";

interface Place extends BuiltDeployment {
  /** One that is on the Deployment already. */
  readonly serviceAccountId: string;
}

interface Operation {
  readonly query: string;
  readonly variables: (place: Place) => object;
  /** What others are not told about is the Workspace. */
  readonly onWorkspace?: true;
  /** The Deployment that it is for, if that has to be another than usual. */
  readonly on?: { readonly airflowVersion: string };
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  createDeployment: {
    query: CREATE,
    variables: ({ workspaceId }) => ({ label: "New", workspaceId, executor: "CeleryExecutor" }),
    onWorkspace: true,
  },
  "upsertDeployment, creating": {
    query: UPSERT,
    variables: ({ workspaceId }) => ({ label: "New", workspaceUuid: workspaceId }),
    onWorkspace: true,
  },
  workspaceDeployments: { query: LIST, variables: ({ workspaceId }) => ({ workspaceId }), onWorkspace: true },
  workspaceDeployment: {
    query:
      "query ($workspaceId: Uuid!, $releaseName: String!) { workspaceDeployment(workspaceUuid: $workspaceId, releaseName: $releaseName) { id } }",
    variables: ({ workspaceId, releaseName }) => ({ workspaceId, releaseName }),
    onWorkspace: true,
  },
  deployment: { query: READ, variables: ({ id }) => ({ id }) },
  "deployment by its release name": { query: READ, variables: ({ releaseName }) => ({ releaseName }) },
  logs: { query: "query ($id: Uuid!) { logs(deploymentUuid: $id) { id } }", variables: ({ id }) => ({ id }) },
  deploymentVariables: {
    query: "query ($id: Uuid!) { deploymentVariables(deploymentUuid: $id) { key } }",
    variables: ({ id }) => ({ id }),
  },
  deploymentServiceAccounts: { query: SERVICE_ACCOUNTS, variables: ({ id }) => ({ deploymentId: id }) },
  updateDeployment: { query: UPDATE, variables: ({ id }) => ({ deploymentId: id, payload: { label: "Renamed" } }) },
  "upsertDeployment, changing": { query: UPSERT, variables: ({ id }) => ({ deploymentUuid: id, label: "Renamed" }) },
  updateDeploymentVariables: {
    query: SET_VARIABLES,
    variables: ({ id, releaseName }) => ({
      deploymentId: id,
      releaseName,
      environmentVariables: [{ key: "A", value: "1" }],
    }),
  },
  updateDeploymentRuntime: {
    query: SET_RUNTIME,
    variables: ({ id }) => ({ deploymentId: id, desiredRuntimeVersion: "11.5.0" }),
  },
  updateDeploymentAirflow: {
    query: SET_AIRFLOW,
    variables: ({ id }) => ({ deploymentId: id, desiredAirflowVersion: "2.3.4" }),
    on: { airflowVersion: "2.3.3" },
  },
  cancelRuntimeUpdate: { query: CANCEL_RUNTIME, variables: ({ id }) => ({ deploymentId: id }) },
  updateDeploymentRollback: { query: SET_ROLLBACK, variables: ({ id }) => ({ deploymentId: id, enabled: true }) },
  updateDeploymentImage: {
    query: UPDATE_IMAGE,
    variables: ({ releaseName }) => ({ releaseName, image: "registry.example.com/app:1" }),
  },
  createDeploymentServiceAccount: {
    query: CREATE_SERVICE_ACCOUNT,
    variables: ({ id }) => ({ deploymentUuid: id, label: "ci", role: "DEPLOYMENT_VIEWER" }),
  },
  deleteDeploymentServiceAccount: {
    query: DELETE_SERVICE_ACCOUNT,
    variables: ({ id, serviceAccountId }) => ({ deploymentUuid: id, serviceAccountUuid: serviceAccountId }),
  },
  deleteDeployment: { query: DELETE, variables: ({ id }) => ({ deploymentId: id, deploymentHardDelete: true }) },
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

  beforeAll(async () => {
    world = await startTestApp();
    admin = await signUpAdmin(world);
    workspaceId = await createWorkspace(world, admin);
  });
  afterAll(() => world.close());

  async function place(overrides: { workspaceId?: string; airflowVersion?: string } = {}): Promise<Place> {
    const deployment = await createDeployment(world, admin, { workspaceId, rollbackEnabled: false, ...overrides });
    const serviceAccount = await serviceAccountWith(world, admin, "DEPLOYMENT_VIEWER", { deploymentId: deployment.id });
    return { ...deployment, serviceAccountId: serviceAccount.id };
  }

  test.each(NAMES)("%s: what belongs to others answers as what is not there", async (name) => {
    const at = await place({ workspaceId: await createWorkspace(world, admin), ...operation(name).on });
    const elsewhere = await place({ workspaceId: await createWorkspace(world, admin) });
    const neighbour = await userWith(world, admin, "WORKSPACE_ADMIN", { workspaceId: elsewhere.workspaceId });
    await bindRole(world, neighbour.id, "DEPLOYMENT_ADMIN", { deploymentId: elsewhere.id });

    const answer = async (asked: Place): Promise<unknown> => {
      const { status, errors } = await world.send(
        operation(name).query,
        operation(name).variables(asked),
        neighbour.token,
      );
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
    const { errors } = await world.send(
      DELETE_SERVICE_ACCOUNT,
      { deploymentUuid: one.id, serviceAccountUuid: other.serviceAccountId },
      admin,
    );
    expect(errors?.[0]).toMatchObject({ message: "Service account not found", extensions: { code: "NOT_FOUND" } });
    expect(
      (await ask(world, SERVICE_ACCOUNTS, { deploymentId: other.id }, admin)).deploymentServiceAccounts,
    ).toHaveLength(1);
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
    const { deployment } = await ask(
      world,
      `query ($id: String!) { deployment(where: { id: $id }) { ${bindings} } }`,
      { id: at.id },
      viewer.token,
    );
    expect(deployment.roleBindings).toEqual(
      expect.arrayContaining([
        { role: "DEPLOYMENT_VIEWER", user: { id: viewer.id }, serviceAccount: null, deployment: { id: at.id } },
        {
          role: "DEPLOYMENT_VIEWER",
          user: null,
          serviceAccount: { id: at.serviceAccountId },
          deployment: { id: at.id },
        },
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
