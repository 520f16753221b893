import { isRequiredArgument } from "graphql";
import {
  ask,
  bindRole,
  createDeployment,
  createWorkspace,
  deployImage,
  serviceAccountWith,
  signUpAdmin,
  uniqueName,
} from "../builders/api";
import { SET_VARIABLES } from "../builders/deployment-operations";
import { bindTeam, teamWith } from "../builders/team-operations";
import { person, type Person } from "../builders/workspace-operations";
import { startTestApp, type TestApp } from "../world/app";
import { callOf, namingArguments, rootFields, type NamingArgument, type RootField } from "./generated-operations";

const UNLIMITED = {
  MAX_TOKENS: "1000000",
  MAX_COST: "100000000",
  MAX_OBJECTS: "100000000",
  WORK_PER_MINUTE: "2000000000",
};

let world: TestApp;
let admin: string;
let own: Place;
let abroad: Place;
beforeAll(async () => {
  world = await startTestApp({
    env: Object.fromEntries(Object.entries(UNLIMITED).map(([name, value]) => [`APOLLO__${name}`, value])),
  });
  admin = await signUpAdmin(world);
  own = await place("own");
  abroad = await place("abroad");
});
afterAll(() => world.close());

/** A Workspace with one of everything; names and texts begin with the prefix. */
interface Place {
  readonly chief: Person;
  readonly workspaceId: string;
  readonly deploymentId: string;
  readonly releaseName: string;
  readonly revisionId: string;
  readonly quarantineId: string;
  readonly member: Person;
  readonly guest: Person;
  readonly teamId: string;
  readonly workspaceAccountId: string;
  readonly deploymentAccountId: string;
  readonly systemAccountId: string;
  readonly webhookId: string;
  readonly deliveryId: string;
}

async function place(prefix: string): Promise<Place> {
  const [chief, member, guest] = [await person(world, admin), await person(world, admin), await person(world, admin)];
  const workspaceId = await createWorkspace(world, chief.token, `${prefix}-workspace`);
  const deployment = await createDeployment(world, chief.token, { workspaceId, label: `${prefix}-deployment` });
  const { id: deploymentId, releaseName } = deployment;
  const revision = await deployImage(world, chief.token, deployment, {
    description: `${prefix}-deploy`,
    rollOut: false,
  });
  const { quarantineDeployRevision: quarantine } = await ask(
    world,
    `mutation ($id: Uuid!) { quarantineDeployRevision(deployRevisionId: $id, reason: "${prefix}-reason") { id } }`,
    { id: revision.id },
    chief.token,
  );
  const variables = [{ key: "KEY", value: `${prefix}-variable`, isSecret: false }];
  await ask(world, SET_VARIABLES, { deploymentId, releaseName, environmentVariables: variables }, chief.token);
  await world.database.sql.query(
    `INSERT INTO log_line (id, deployment_id, workspace_id, release_name, component, message, fields, created_at)
     VALUES (gen_random_uuid(), $1, $2, $3, 'deploy-rollback', $4, '{}', now())`,
    [deploymentId, workspaceId, releaseName, `${prefix}-line`],
  );
  await bindRole(world, member.id, "WORKSPACE_VIEWER", { workspaceId });
  await bindRole(world, guest.id, "DEPLOYMENT_VIEWER", { deploymentId });
  for (const { id, name } of [
    { id: member.id, name: `${prefix}-member` },
    { id: guest.id, name: `${prefix}-guest` },
  ])
    await world.database.sql.query("UPDATE app_user SET full_name = $1 WHERE id = $2", [name, id]);
  const teamId = await teamWith(world, admin, [], { name: `${prefix}-team` });
  await bindTeam(world, teamId, "WORKSPACE_VIEWER", { workspaceId });
  const guests = await teamWith(world, admin, [], { name: `${prefix}-guests` });
  await bindTeam(world, guests, "DEPLOYMENT_VIEWER", { deploymentId });
  const accountOn = async (role: string, at: { workspaceId?: string; deploymentId?: string }, label: string) =>
    (await serviceAccountWith(world, admin, role, at, `${prefix}-${label}`)).id;
  const { createWebhook: webhook } = await ask(
    world,
    'mutation ($workspaceUuid: Uuid!, $input: WebhookInput) { createWebhook(workspaceUuid: $workspaceUuid, url: "https://hooks.example.com", input: $input) { id } }',
    { workspaceUuid: workspaceId, input: { label: `${prefix}-webhook`, deploymentUuids: [deploymentId] } },
    chief.token,
  );
  const { testWebhook: delivery } = await ask(
    world,
    "mutation ($id: Uuid!) { testWebhook(webhookId: $id) { id } }",
    { id: webhook.id },
    chief.token,
  );
  return {
    ...{ webhookId: webhook.id, deliveryId: delivery.id },
    ...{ chief, workspaceId, deploymentId, releaseName, member, guest, teamId },
    revisionId: revision.id,
    quarantineId: quarantine.id,
    workspaceAccountId: await accountOn("WORKSPACE_VIEWER", { workspaceId }, "workspace-account"),
    deploymentAccountId: await accountOn("DEPLOYMENT_VIEWER", { deploymentId }, "deployment-account"),
    systemAccountId: await accountOn("SYSTEM_VIEWER", {}, "system-account"),
  };
}

/** What an argument that names something is called with. Undefined where it names nothing of a Workspace. */
function named(at: Place, field: string, path: string): string | undefined {
  const argument = path.split(".").at(-1) ?? "";
  if (path === "clusterId") return undefined;
  if (/^(cursor|after)$/.test(argument))
    return {
      Teams: at.teamId,
      WorkspaceUsers: at.member.id,
      Deployments: at.deploymentId,
      DeployRevisions: at.revisionId,
    }[field.replace("paginated", "")];
  if (argument === "serviceAccountUuid")
    return /Workspace/.test(field)
      ? at.workspaceAccountId
      : /Deployment/.test(field)
        ? at.deploymentAccountId
        : at.systemAccountId;
  if (argument === "releaseName") return at.releaseName;
  if (argument === "email") return at.member.email;
  if (argument === "quarantineId") return at.quarantineId;
  if (argument === "webhookId") return at.webhookId;
  if (argument === "deliveryId") return at.deliveryId;
  if (/revisionId$/i.test(argument) || field === "deployRevision") return at.revisionId;
  if (argument === "objectId") return at.deploymentId;
  if (/^(actor|createdBy)Id$/.test(argument)) return at.member.id;
  if (/^user(Id|Uuid|Ids)$|UserIds$/.test(argument) || /^user\./.test(path) || field === "removeUser")
    return at.member.id;
  if (/^team/.test(argument) || /Team$/.test(field)) return at.teamId;
  if (/^deployment(Id|Uuid|Uuids)$/.test(argument) || path === "where.id") return at.deploymentId;
  if (/^workspace(Id|Uuid)$/.test(argument)) return at.workspaceId;
  throw new Error(`Say what ${field} takes as ${path}: an argument of the schema that this walk does not know`);
}

const roleIn = (field: string): string =>
  /system/i.test(field) ? "SYSTEM_VIEWER" : /deployment/i.test(field) ? "DEPLOYMENT_VIEWER" : "WORKSPACE_VIEWER";

/** What the other arguments are called with, by name. */
const OTHERS: Readonly<Record<string, unknown>> = {
  at: new Date().toISOString(),
  currentPassword: "correct horse",
  description: "x",
  desiredAirflowVersion: "2.9.2",
  desiredRuntimeVersion: "11.5.0",
  enabled: true,
  environmentVariables: [],
  from: "2024-01-01T00:00:00Z",
  image: "registry.example.com/app:2",
  newPassword: "short",
  password: "correct horse",
  path: "x.py",
  payload: {},
  pinned: false,
  reason: "x",
  to: "2024-02-01T00:00:00Z",
  url: "https://hooks.example.com/walk",
};

/** Optional arguments without which a call says nothing. */
const ALWAYS: Readonly<Record<string, readonly string[]>> = {
  createDeployment: ["workspaceUuid"],
  "createWebhook(input.deploymentUuids)": ["workspaceUuid"],
  upsertDeployment: ["label"],
  "upsertDeployment(releaseName)": ["label", "workspaceUuid"],
  workspaceAddUser: ["workspaceUuid"],
};

/** A call on a place; `foreign` is the one argument that names something of the other place. */
function valuesOf({ field }: RootField, foreign?: NamingArgument): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  const naming = namingArguments(field);
  const always = ALWAYS[`${field.name}(${foreign?.path})`] ?? ALWAYS[field.name] ?? [];
  for (const argument of field.args) {
    const isForeign = foreign?.argument === argument;
    if (!isForeign && !isRequiredArgument(argument) && !always.includes(argument.name)) continue;
    const nested = naming.filter((one) => one.argument === argument);
    if (nested.length === 0) {
      values[argument.name] =
        argument.name === "role" ? roleIn(field.name) : (OTHERS[argument.name] ?? uniqueName("walk"));
      continue;
    }
    const wanted = isForeign ? foreign : nested[0];
    if (wanted === undefined) continue;
    const value = named(isForeign ? abroad : own, field.name, wanted.path);
    const [, key] = wanted.path.split(".");
    values[argument.name] =
      key === undefined
        ? value
        : { [key]: key.endsWith("s") ? [value] : value, ...(key === "deploymentId" && { role: "DEPLOYMENT_VIEWER" }) };
  }
  return values;
}

describe("no answer, however deep, tells what a permission is for once it is taken away", () => {
  const DEPTH = 4;
  const answersOf = async (token: string): Promise<{ name: string; text: string }[]> => {
    const answers: { name: string; text: string }[] = [];
    for (const root of rootFields(world.app.schema)) {
      if (root.kind === "mutation") continue;
      const { query, variables } = callOf(root, valuesOf(root), DEPTH);
      const { data, errors } = await world.send(query, variables, token);
      const refused = errors?.find(({ extensions }) => /^QUERY|LIMIT|TOO/.test(extensions.code));
      if (refused !== undefined) throw new Error(`${root.field.name}: ${refused.message}`);
      if (data === undefined) throw new Error(`${root.field.name}: ${errors?.[0]?.message}`);
      answers.push({ name: root.field.name, text: JSON.stringify(data) });
    }
    return answers;
  };
  const telling = (answers: readonly { name: string; text: string }[], mark: string): string[] =>
    answers.filter(({ text }) => text.includes(mark)).map(({ name }) => name);

  let whole: { name: string; text: string }[];
  beforeAll(async () => {
    whole = await answersOf(own.chief.token);
  });

  test.each([
    ["own-member", ["workspace.users.get"]],
    ["own-guest", ["deployment.users.get"]],
    ["own-team", ["workspace.teams.get", "workspace.teams.getAll"]],
    ["own-guests", ["deployment.teams.get", "workspace.teams.get", "workspace.teams.getAll"]],
    ["own-workspace-account", ["workspace.serviceAccounts.get"]],
    ["own-deployment-account", ["deployment.serviceAccounts.get"]],
    ["own-variable", ["deployment.variables.get"]],
    ["own-deploy", ["deployment.deployRevisions.get"]],
    ["own-reason", ["deployment.deployRevisions.get"]],
    ["own-line", ["deployment.logs.get"]],
    ["own-deployment", ["deployment.config.get", "workspace.deployments.get"]],
  ])("%s, without %j", async (mark, taken) => {
    const quoted = `"${mark}"`;
    const { roles, sessions } = world.app.features.access;
    expect(telling(whole, quoted)).not.toEqual([]);
    const sets = Object.values(roles) as Set<string>[];
    const given = sets.flatMap((set) =>
      taken.filter((permission) => set.delete(permission)).map((one) => [set, one] as const),
    );
    sessions.forget();
    try {
      expect(telling(await answersOf(own.chief.token), quoted)).toEqual([]);
    } finally {
      for (const [set, permission] of given) set.add(permission);
      sessions.forget();
    }
  });
});

describe("an id of another Workspace", () => {
  /** Everything of the other place; a change of it is a change by somebody who may not. */
  const stateAbroad = async (): Promise<unknown> => {
    const { workspaceId, deploymentId, member, guest, teamId } = abroad;
    const rows = (text: string, ...parameters: unknown[]): Promise<unknown[]> =>
      world.database.sql.query(text, parameters);
    return [
      await rows("SELECT * FROM workspace WHERE id = $1", workspaceId),
      await rows("SELECT * FROM deployment WHERE workspace_id = $1", workspaceId),
      await rows("SELECT * FROM deploy_revision WHERE deployment_id = $1 ORDER BY id", deploymentId),
      await rows("SELECT * FROM content_hold WHERE deployment_id = $1 ORDER BY id", deploymentId),
      await rows(
        "SELECT id, role FROM role_binding WHERE workspace_id = $1 OR deployment_id = $2 OR user_id = ANY($3) OR team_id = $4 ORDER BY id",
        ...[workspaceId, deploymentId, [member.id, guest.id], teamId],
      ),
      await rows(
        "SELECT id, label, active FROM service_account WHERE workspace_id = $1 OR deployment_id = $2 ORDER BY id",
        ...[workspaceId, deploymentId],
      ),
      await rows("SELECT * FROM webhook WHERE workspace_id = $1", workspaceId),
      await rows("SELECT * FROM webhook_delivery WHERE webhook_id = $1", abroad.webhookId),
      await rows("SELECT * FROM app_user WHERE id = ANY($1) ORDER BY id", [member.id, guest.id]),
      await rows("SELECT * FROM team WHERE id = $1", teamId),
      await rows("SELECT * FROM team_member WHERE team_id = $1", teamId),
    ];
  };

  /** Refused in another way, as it would be with an id that nothing has. */
  const OTHERWISE: Readonly<Record<string, string>> = {
    "createDeployment(releaseName)": "CONFLICT",
    "createWebhook(input.deploymentUuids)": "BAD_USER_INPUT",
    "deploymentAddUserRole(userId)": "BAD_USER_INPUT",
    "deploymentRemoveUserRole(userId)": "BAD_USER_INPUT",
    "deploymentUpdateUserRole(userId)": "BAD_USER_INPUT",
    "rollbackDeploy(expectedCurrentRevisionId)": "NO_TARGET",
    "updateDeploymentVariables(releaseName)": "BAD_USER_INPUT",
    "updateWebhook(input.deploymentUuids)": "BAD_USER_INPUT",
    "upsertDeployment(releaseName)": "CONFLICT",
  };

  const tries = () =>
    rootFields(world.app.schema)
      .flatMap((root) => namingArguments(root.field).map((argument) => ({ root, argument })))
      .filter(({ root, argument }) => named(own, root.field.name, argument.path) !== undefined);

  test("opens nothing and changes nothing, in whatever argument of whatever operation", async () => {
    const before = await stateAbroad();
    const wrong: string[] = [];
    for (const { root, argument } of tries()) {
      const name = `${root.field.name}(${argument.path})`;
      const { query, variables } = callOf(root, valuesOf(root, argument), 2);
      const { data, errors } = await world.send(query, variables, own.chief.token);
      const seen = errors?.[0]?.extensions.code ?? "OK";
      if (/"abroad-/.test(JSON.stringify(data))) wrong.push(`${name} answers something of it`);
      if (errors?.some(({ message }) => message.includes("abroad-"))) wrong.push(`${name} names something of it`);
      // A query may also answer that there is nothing, and take an argument that only narrows.
      const isNothing =
        root.kind === "query" && (data?.[root.field.name] == null || !isRequiredArgument(argument.argument));
      const isRefused = seen === OTHERWISE[name] || ["NOT_FOUND", "FORBIDDEN"].includes(seen);
      if (!isNothing && !isRefused) wrong.push(`${name}: ${seen}, ${errors?.[0]?.message}`);
    }
    expect(wrong).toEqual([]);
    expect(await stateAbroad()).toEqual(before);
  });
});
