import { getNamedType, isEnumType, isInputObjectType, isListType, isNonNullType, isScalarType, type GraphQLField, type GraphQLInputType, type GraphQLNamedType } from "graphql";
import { newId } from "../../src/shared/app/ids";
import { createDeployment, deployImage, signUp, signUpAdmin } from "../builders/api";
import { startTestApp, type TestApp } from "../world/app";

const REFUSED = "You do not have the appropriate permissions for that";

/** Root fields that answer without a login. */
const PUBLIC = ["appConfig", "authConfig", "createToken", "createUser"];

/** What a signed-in user without any role gets: the code of the refusal, or OK where everybody may. */
const WITHOUT_ROLES: Readonly<Record<string, string>> = {
  runtimeReleases: "OK",
  workspaces: "OK",
  createWorkspace: "OK",
  sysWorkspaces: "FORBIDDEN",
  systemServiceAccounts: "FORBIDDEN",
  createSystemServiceAccount: "FORBIDDEN",
  deleteSystemServiceAccount: "FORBIDDEN",
  cleanupDeployRevisions: "FORBIDDEN",
  createDeployment: "NOT_FOUND",
  deleteDeployment: "NOT_FOUND",
  updateDeployment: "NOT_FOUND",
  updateDeploymentImage: "NOT_FOUND",
  updateDeploymentRollback: "NOT_FOUND",
  updateDeploymentRuntime: "NOT_FOUND",
  updateDeploymentVariables: "NOT_FOUND",
  upsertDeployment: "NOT_FOUND",
  cancelRuntimeUpdate: "NOT_FOUND",
  rollbackDeploy: "NOT_FOUND",
  rollbackPlan: "NOT_FOUND",
  deployRevision: "NOT_FOUND",
  dagFileDiff: "NOT_FOUND",
  deployRevisions: "NOT_FOUND",
  paginatedDeployRevisions: "NOT_FOUND",
  deployment: "NOT_FOUND",
  logs: "NOT_FOUND",
  deploymentServiceAccounts: "NOT_FOUND",
  createDeploymentServiceAccount: "NOT_FOUND",
  deleteDeploymentServiceAccount: "NOT_FOUND",
  workspace: "NOT_FOUND",
  workspaceDeployment: "NOT_FOUND",
  workspaceDeployments: "NOT_FOUND",
  workspaceServiceAccounts: "NOT_FOUND",
  createWorkspaceServiceAccount: "NOT_FOUND",
  deleteWorkspaceServiceAccount: "NOT_FOUND",
  updateWorkspace: "NOT_FOUND",
  deleteWorkspace: "NOT_FOUND",
  workspaceAddUser: "NOT_FOUND",
  workspaceRemoveUser: "NOT_FOUND",
  workspaceUpsertUserRole: "NOT_FOUND",
};

describe("every root field of the schema", () => {
  let world: TestApp;
  let nobody: string;
  let known: Readonly<Record<string, string>>;

  beforeAll(async () => {
    world = await startTestApp();
    const admin = await signUpAdmin(world);
    const deployment = await createDeployment(world, admin);
    const revision = await deployImage(world, admin, deployment);
    nobody = (await signUp(world, { by: admin })).token;
    known = {
      workspaceUuid: deployment.workspaceId,
      deploymentUuid: deployment.id,
      releaseName: deployment.releaseName,
      deployRevisionId: revision.id,
      id: revision.id,
      where: `{ id: "${deployment.id}" }`,
      role: "DEPLOYMENT_VIEWER",
      email: "someone@example.com",
      image: "registry.example.com/app:1",
      desiredRuntimeVersion: "12.0.0",
      label: "x",
    };
  });
  afterAll(() => world.close());

  const rootFields = (): { kind: "query" | "mutation"; field: GraphQLField<unknown, unknown> }[] => [
    ...Object.values(world.app.schema.getQueryType()?.getFields() ?? {}).map((field) => ({ kind: "query" as const, field })),
    ...Object.values(world.app.schema.getMutationType()?.getFields() ?? {}).map((field) => ({ kind: "mutation" as const, field })),
  ];

  /** A literal for the argument: the id of what is there, or anything of its type. */
  function literal(name: string, type: GraphQLInputType): string {
    if (isNonNullType(type)) return literal(name, type.ofType);
    if (name === "role") return "SYSTEM_VIEWER";
    const given = known[name];
    if (given !== undefined && !isListType(type)) return given.startsWith("{") ? given : JSON.stringify(given);
    if (isListType(type)) return "[]";
    if (isEnumType(type)) return type.getValues()[0]?.name ?? "";
    if (isInputObjectType(type)) return "{}";
    if (!isScalarType(type)) throw new Error(`no value for ${name}`);
    return { Int: "1", Boolean: "true", JSON: '{ label: "x" }' }[type.name] ?? JSON.stringify(name === "description" ? "x" : newId());
  }

  function operation({ kind, field }: ReturnType<typeof rootFields>[number]): string {
    const ids = new Set(["workspaceUuid", "deploymentUuid", "deployRevisionId"]);
    const wanted = field.args.filter(({ name, type }) => isNonNullType(type) || ids.has(name));
    const args = wanted.length === 0 ? "" : `(${wanted.map(({ name, type }) => `${name}: ${literal(name, type)}`).join(", ")})`;
    return `${kind} { ${field.name}${args} ${selection(getNamedType(field.type))} }`;
  }

  const selection = (type: GraphQLNamedType): string => (isScalarType(type) || isEnumType(type) ? "" : "{ __typename }");

  async function rows(): Promise<unknown> {
    const tables = ["app_user", "workspace", "deployment", "deploy_revision", "role_binding", "service_account", "log_line", "idempotency_key"];
    return Promise.all(tables.map((table) => world.database.sql.query(`SELECT count(*) AS count FROM ${table}`)));
  }

  test("is listed here with what it answers to somebody without roles", () => {
    const names = rootFields().map(({ field }) => field.name);
    expect([...PUBLIC, ...Object.keys(WITHOUT_ROLES)].sort()).toEqual(names.sort());
  });

  test("refuses whoever is not signed in, and writes nothing", async () => {
    const before = await rows();
    for (const root of rootFields().filter(({ field }) => !PUBLIC.includes(field.name))) {
      const { status, errors } = await world.send(operation(root), {});
      expect({ field: root.field.name, status, message: errors?.[0]?.message, code: errors?.[0]?.extensions.code }).toEqual({
        field: root.field.name,
        status: 200,
        message: REFUSED,
        code: "UNAUTHENTICATED",
      });
    }
    expect(await rows()).toEqual(before);
  });

  test("gives somebody without roles what is said above, and no more", async () => {
    const before = await rows();
    for (const root of rootFields()) {
      const expected = WITHOUT_ROLES[root.field.name];
      if (expected === undefined || root.field.name === "createWorkspace") continue;
      const { errors } = await world.send(operation(root), {}, nobody);
      expect(`${root.field.name}: ${errors?.[0]?.extensions.code ?? "OK"}`).toBe(`${root.field.name}: ${expected}`);
    }
    expect(await rows()).toEqual(before);
  });
});
