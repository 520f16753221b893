import {
  ask,
  createDeployment,
  createWorkspace,
  deployImage,
  ROLLBACK,
  serviceAccountWith,
  signUpAdmin,
  uniqueName,
  UPDATE_IMAGE,
  type BuiltDeployment,
} from "../builders/api";
import { cliParts, dagArchive, postForm, uploadDags } from "../builders/dags";
import { CREATE_TEAM, teamWith, UPDATE_TEAM } from "../builders/team-operations";
import { UPDATE_USER, VERIFY_EMAIL } from "../builders/user-operations";
import {
  ADD_USER,
  CREATE_WORKSPACE,
  everything,
  UPDATE_WORKSPACE,
  UPSERT_USER,
} from "../builders/workspace-operations";
import { startTestApp, type TestApp } from "../world/app";

/** What came of a text: the code of the refusal, or the text as it was stored. */
interface Outcome {
  readonly code: string | null;
  readonly message?: string;
  readonly stored?: unknown;
}

interface Door {
  readonly name: string;
  readonly kind: "ONE_LINE" | "LINES" | "CLEANED" | "ADDRESS";
  readonly send: (text: string) => Promise<Outcome>;
}

let world: TestApp;
let admin: string;
let workspaceId: string;
let deployment: BuiltDeployment;
let dagDeployment: BuiltDeployment;
let firstRevision: string;
let teamId: string;
const accounts: Record<string, string> = {};

beforeAll(async () => {
  world = await startTestApp({
    env: { DEPLOYMENTS__GIT_SYNC_DAG_DEPLOYMENT: "true", DEPLOYMENTS__NFS_MOUNT_DAG_DEPLOYMENT: "true" },
  });
  admin = await signUpAdmin(world);
  workspaceId = await createWorkspace(world, admin);
  deployment = await createDeployment(world, admin, { workspaceId });
  firstRevision = (await deployImage(world, admin, deployment)).id;
  await deployImage(world, admin, deployment);
  dagDeployment = await createDeployment(world, admin, { workspaceId, dagDeployment: { type: "dag_deploy" } });
  await uploadDags(world, admin, dagDeployment, { "a.py": "1" });
  teamId = await teamWith(world, admin);
  accounts["system"] = (await serviceAccountWith(world, admin, "SYSTEM_VIEWER")).id;
  accounts["workspace"] = (await serviceAccountWith(world, admin, "WORKSPACE_VIEWER", { workspaceId })).id;
  const deploymentId = deployment.id;
  accounts["deployment"] = (await serviceAccountWith(world, admin, "DEPLOYMENT_VIEWER", { deploymentId })).id;
});
afterAll(() => world.close());

async function gql(query: string, variables: object, storedOf?: (data: never) => unknown): Promise<Outcome> {
  const { data, errors } = await world.send(query, variables, admin);
  const [error] = errors ?? [];
  if (error !== undefined) return { code: error.extensions.code, message: error.message };
  return { code: null, ...(storedOf && { stored: storedOf(data as never) }) };
}

const serviceAccountDoors = (place: "system" | "workspace" | "deployment", field: "label" | "category"): Door[] => {
  const name = `${place[0]!.toUpperCase()}${place.slice(1)}ServiceAccount`;
  const [declared, passed] = place === "system" ? ["", ""] : [", $place: Uuid!", `, ${place}Uuid: $place`];
  const role = `${place.toUpperCase()}_VIEWER`;
  const variables = (): object =>
    place === "system" ? {} : { place: place === "workspace" ? workspaceId : deployment.id };
  return [
    {
      name: `create${name} ${field}`,
      kind: "ONE_LINE",
      send: (text) =>
        gql(
          `mutation ($label: String!, $category: String, $role: Role!${declared}) {
             account: create${name}(label: $label, category: $category, role: $role${passed}) { ${field} } }`,
          { label: "ci", ...variables(), role, [field]: text },
          ({ account }: { account: Record<string, string> }) => account[field],
        ),
    },
    {
      name: `update${name} ${field}`,
      kind: "ONE_LINE",
      send: (text) =>
        gql(
          `mutation ($label: String, $category: String, $id: Uuid!${declared}) {
             account: update${name}(serviceAccountUuid: $id, label: $label, category: $category${passed}) { ${field} } }`,
          { id: accounts[place], ...variables(), [field]: text },
          ({ account }: { account: Record<string, string> }) => account[field],
        ),
    },
  ];
};

const gitSyncDoor = (field: string, kind: Door["kind"]): Door => ({
  name: `updateDeployment dagDeployment.${field}`,
  kind,
  send: (text) =>
    gql(
      `mutation ($id: Uuid!, $dags: DagDeployment) { updateDeployment(deploymentUuid: $id, payload: {}, dagDeployment: $dags) { id } }`,
      { id: deployment.id, dags: { [field]: text } },
    ),
});

const UPSERT = `mutation ($id: Uuid, $label: String, $description: String, $cloudRole: String) {
  it: upsertDeployment(deploymentUuid: $id, label: $label, description: $description, cloudRole: $cloudRole) { label description } }`;
const CREATE_DEPLOYMENT = `mutation ($w: Uuid, $label: String!, $cloudRole: String, $dags: DagDeployment) {
  it: createDeployment(workspaceUuid: $w, label: $label, cloudRole: $cloudRole, dagDeployment: $dags) { label } }`;
const UPDATE_DEPLOYMENT = `mutation ($id: Uuid!, $payload: JSON, $cloudRole: String) {
  it: updateDeployment(deploymentUuid: $id, payload: $payload, cloudRole: $cloudRole) { label description } }`;
const CREATE_USER = `mutation ($email: String!, $username: String) {
  createUser(email: $email, username: $username, password: "correct horse") { user { username } } }`;
const ADD_TO_DEPLOYMENT = `mutation ($id: Id!, $email: String!) {
  deploymentAddUserRole(deploymentId: $id, email: $email, role: DEPLOYMENT_VIEWER) { id } }`;
const UPDATE_IN_DEPLOYMENT = ADD_TO_DEPLOYMENT.replace("deploymentAddUserRole", "deploymentUpdateUserRole");
const REMOVE_FROM_DEPLOYMENT = `mutation ($id: Id!, $email: String!) {
  deploymentRemoveUserRole(deploymentId: $id, email: $email) { id } }`;

type Shown = Record<string, string>;
const it_ =
  (field: string) =>
  ({ it: found }: { it: Shown }): unknown =>
    found[field];

const image = (): string => `registry.example.com/team/airflow:${uniqueName("deploy")}`;
const descriptionOfHead = async (id: string): Promise<unknown> =>
  (
    await ask(
      world,
      "query ($id: Uuid!) { deployRevisions(deploymentUuid: $id, first: 1) { nodes { description } } }",
      { id },
      admin,
    )
  ).deployRevisions.nodes[0].description;

const DOORS: readonly Door[] = [
  {
    name: "createWorkspace label",
    kind: "ONE_LINE",
    send: (label) =>
      gql(CREATE_WORKSPACE, { label }, (data: { createWorkspace: Shown }) => data.createWorkspace["label"]),
  },
  {
    name: "createWorkspace description",
    kind: "LINES",
    send: (description) =>
      gql(
        CREATE_WORKSPACE,
        { label: "x", description },
        (data: { createWorkspace: Shown }) => data.createWorkspace["description"],
      ),
  },
  {
    name: "updateWorkspace label",
    kind: "ONE_LINE",
    send: (label) =>
      gql(
        UPDATE_WORKSPACE,
        { workspaceId, payload: { label } },
        (data: { updateWorkspace: Shown }) => data.updateWorkspace["label"],
      ),
  },
  {
    name: "updateWorkspace description",
    kind: "LINES",
    send: (description) =>
      gql(
        UPDATE_WORKSPACE,
        { workspaceId, payload: { description } },
        (data: { updateWorkspace: Shown }) => data.updateWorkspace["description"],
      ),
  },
  {
    name: "createDeployment label",
    kind: "ONE_LINE",
    send: (label) => gql(CREATE_DEPLOYMENT, { w: workspaceId, label }, it_("label")),
  },
  {
    name: "createDeployment cloudRole",
    kind: "ONE_LINE",
    send: (cloudRole) => gql(CREATE_DEPLOYMENT, { w: workspaceId, label: "x", cloudRole }),
  },
  {
    name: "createDeployment dagDeployment.branchName",
    kind: "ONE_LINE",
    send: (branchName) =>
      gql(CREATE_DEPLOYMENT, { w: workspaceId, label: "x", dags: { type: "git_sync", branchName } }),
  },
  {
    name: "updateDeployment label",
    kind: "ONE_LINE",
    send: (label) => gql(UPDATE_DEPLOYMENT, { id: deployment.id, payload: { label } }, it_("label")),
  },
  {
    name: "updateDeployment description",
    kind: "LINES",
    send: (description) => gql(UPDATE_DEPLOYMENT, { id: deployment.id, payload: { description } }, it_("description")),
  },
  {
    name: "updateDeployment cloudRole",
    kind: "ONE_LINE",
    send: (cloudRole) => gql(UPDATE_DEPLOYMENT, { id: deployment.id, payload: {}, cloudRole }),
  },
  ...(["branchName", "dagDirectoryLocation", "nfsLocation", "repositoryUrl", "rev"] as const).map((field) =>
    gitSyncDoor(field, "ONE_LINE"),
  ),
  gitSyncDoor("knownHosts", "LINES"),
  gitSyncDoor("sshKey", "LINES"),
  {
    name: "upsertDeployment label",
    kind: "ONE_LINE",
    send: (label) => gql(UPSERT, { id: deployment.id, label }, it_("label")),
  },
  {
    name: "upsertDeployment description",
    kind: "LINES",
    send: (description) => gql(UPSERT, { id: deployment.id, description }, it_("description")),
  },
  {
    name: "upsertDeployment cloudRole",
    kind: "ONE_LINE",
    send: (cloudRole) => gql(UPSERT, { id: deployment.id, cloudRole }),
  },
  {
    name: "updateDeploymentImage description",
    kind: "LINES",
    send: async (description) => {
      const { releaseName, id } = deployment;
      const outcome = await gql(UPDATE_IMAGE, { releaseName, image: image(), description });
      return outcome.code === null ? { ...outcome, stored: await descriptionOfHead(id) } : outcome;
    },
  },
  {
    name: "rollbackDeploy description",
    kind: "LINES",
    send: (description) =>
      gql(
        ROLLBACK,
        { deploymentUuid: deployment.id, deployRevisionId: firstRevision, description },
        (data: { rollbackDeploy: Shown }) => data.rollbackDeploy["description"],
      ),
  },
  {
    name: "rollbackDeploy idempotencyKey",
    kind: "ONE_LINE",
    send: (idempotencyKey) =>
      gql(ROLLBACK, {
        deploymentUuid: deployment.id,
        deployRevisionId: firstRevision,
        description: "x",
        idempotencyKey,
      }),
  },
  {
    name: "an upload's description",
    kind: "CLEANED",
    send: async (description) => {
      const { releaseName, id } = dagDeployment;
      const response = await postForm(
        world,
        releaseName,
        cliParts(dagArchive({ "a.py": uniqueName("x") }), description),
        admin,
      );
      if (response.statusCode === 200) return { code: null, stored: await descriptionOfHead(id) };
      const [error] = response.json<{ errors: { message: string; extensions: { code: string } }[] }>().errors;
      return { code: error!.extensions.code, message: error!.message };
    },
  },
  {
    name: "createTeam name",
    kind: "ONE_LINE",
    send: (name) => gql(CREATE_TEAM, { name }, (data: { createTeam: { team: Shown } }) => data.createTeam.team["name"]),
  },
  {
    name: "createTeam description",
    kind: "LINES",
    send: (description) =>
      gql(
        CREATE_TEAM,
        { name: uniqueName("team"), description },
        (data: { createTeam: { team: Shown } }) => data.createTeam.team["description"],
      ),
  },
  {
    name: "updateTeam newName",
    kind: "ONE_LINE",
    send: (newName) =>
      gql(
        UPDATE_TEAM,
        { id: teamId, newName },
        (data: { updateTeam: { team: Shown } }) => data.updateTeam.team["name"],
      ),
  },
  {
    name: "updateTeam description",
    kind: "LINES",
    send: (description) =>
      gql(
        UPDATE_TEAM,
        { id: teamId, description },
        (data: { updateTeam: { team: Shown } }) => data.updateTeam.team["description"],
      ),
  },
  ...(["system", "workspace", "deployment"] as const).flatMap((place) =>
    (["label", "category"] as const).flatMap((field) => serviceAccountDoors(place, field)),
  ),
  {
    name: "createUser username",
    kind: "ONE_LINE",
    send: (username) =>
      gql(
        CREATE_USER,
        { email: `${uniqueName("someone")}@example.com`, username },
        (data: { createUser: { user: Shown } }) => data.createUser.user["username"],
      ),
  },
  {
    name: "updateUser username",
    kind: "ONE_LINE",
    send: (username) => gql(UPDATE_USER, { username }, (data: { updateUser: Shown }) => data.updateUser["username"]),
  },
  {
    name: "updateUser fullName",
    kind: "ONE_LINE",
    send: (fullName) => gql(UPDATE_USER, { fullName }, (data: { updateUser: Shown }) => data.updateUser["fullName"]),
  },
  { name: "createUser email", kind: "ADDRESS", send: (email) => gql(CREATE_USER, { email }) },
  { name: "verifyEmail email", kind: "ADDRESS", send: (email) => gql(VERIFY_EMAIL, { email }) },
  {
    name: "workspaceAddUser email",
    kind: "ADDRESS",
    send: (email) => gql(ADD_USER, { workspaceId, email, role: "WORKSPACE_VIEWER" }),
  },
  {
    name: "workspaceUpsertUserRole email",
    kind: "ADDRESS",
    send: (email) => gql(UPSERT_USER, { workspaceId, email, role: "WORKSPACE_VIEWER" }),
  },
  {
    name: "deploymentAddUserRole email",
    kind: "ADDRESS",
    send: (email) => gql(ADD_TO_DEPLOYMENT, { id: deployment.id, email }),
  },
  {
    name: "deploymentUpdateUserRole email",
    kind: "ADDRESS",
    send: (email) => gql(UPDATE_IN_DEPLOYMENT, { id: deployment.id, email }),
  },
  {
    name: "deploymentRemoveUserRole email",
    kind: "ADDRESS",
    send: (email) => gql(REMOVE_FROM_DEPLOYMENT, { id: deployment.id, email }),
  },
];

const ofKind = (...kinds: Door["kind"][]): [string, Door][] =>
  DOORS.filter(({ kind }) => kinds.includes(kind)).map((door) => [door.name, door]);

const HIDDEN: readonly [string, string][] = [
  ["a terminal command", "a\x1b[2Jb"],
  ["a terminal command in one character", "a\x9b2Jb"],
  ["a change of direction", "a\u202eb"],
  ["a zero-width space", "a\u200bb"],
  ["private use", "a\ue000b"],
  ["an unassigned character", "a\u0378b"],
];

test.each(ofKind("ONE_LINE", "LINES"))("%s takes no text that is not what it looks like", async (_name, { send }) => {
  const before = await everything(world);
  for (const [what, text] of HIDDEN) {
    const outcome = await send(text);
    expect([what, outcome.code]).toEqual([what, "BAD_USER_INPUT"]);
    expect(outcome.message).toMatch(/: contains U\+[0-9A-F]{4}, which is not shown$/);
  }
  expect(await everything(world)).toEqual(before);
});

test.each(ofKind("ONE_LINE"))("%s takes one line only", async (_name, { send }) => {
  const before = await everything(world);
  for (const text of ["a\nb", "a\r\nb", "a\u2028b", "a\x85b"]) {
    const outcome = await send(text);
    expect(outcome.code).toBe("BAD_USER_INPUT");
    expect(outcome.message).toContain("has to be one line");
  }
  expect(await everything(world)).toEqual(before);
});

test.each(ofKind("ADDRESS"))("%s takes no address that is not what it looks like", async (_name, { send }) => {
  const before = await everything(world);
  for (const [what, hidden] of [...HIDDEN, ["a line break", "a\nb"] as const]) {
    const outcome = await send(`${hidden}@example.com`);
    expect([what, outcome.code]).toEqual([what, "BAD_USER_INPUT"]);
    expect(outcome.message).toContain("is not an e-mail address");
  }
  expect(await everything(world)).toEqual(before);
});

test.each(ofKind("ONE_LINE", "LINES"))("%s is stored in NFC and trimmed", async (door, { send }) => {
  const host = door.endsWith("nfsLocation") ? "192.0.2.7:/" : "";
  const name = `${host}${uniqueName("Cafe\u0301 \u{1F469}\u200d\u{1F4BB}")}`;
  const { code, stored, message } = await send(` ${name} `);
  // A second rollback to the same target has nothing to change, and tells of its own reasons.
  if (code === "TARGET_IS_CURRENT") return;
  expect([code, message]).toEqual([null, undefined]);
  if (stored !== undefined) expect(stored).toBe(name.normalize("NFC"));
});

test("an accent is found whether it is part of its letter or behind it", async () => {
  const name = `Caf\u00e9 ${uniqueName("found")}`;
  const workspaceId = await createWorkspace(world, admin, name);
  const made = await createDeployment(world, admin, { workspaceId, label: name });
  await deployImage(world, admin, made, { description: name });
  await ask(world, UPDATE_USER, { fullName: name }, admin);
  for (const text of [name, name.normalize("NFD"), name.normalize("NFD").toUpperCase()]) {
    const found = await ask(
      world,
      `query ($id: Uuid!, $text: String!) {
        deployRevisions(deploymentUuid: $id, filter: { search: $text }) { totalCount }
        logs(deploymentUuid: $id, search: $text) { message }
        workspaces(label: $text) { id }
        paginatedDeployments(name: $text) { id }
        users(user: { fullName: $text }) { fullName }
      }`,
      { id: made.id, text },
      admin,
    );
    expect(found).toMatchObject({
      deployRevisions: { totalCount: 1 },
      workspaces: [{ id: workspaceId }],
      paginatedDeployments: [{ id: made.id }],
      users: [{ fullName: name }],
    });
    expect(found.logs.length).toBeGreaterThan(0);
  }
});

test.each(ofKind("CLEANED"))("%s loses what is not shown, and what is too much", async (_name, { send }) => {
  expect(await send("a\u202eb\r\nc\u200b ")).toEqual({ code: null, stored: "ab\nc" });
  expect(await send("\u{1F600}".repeat(501))).toEqual({ code: null, stored: `${"\u{1F600}".repeat(499)}…` });
});

test.each(ofKind("LINES").filter(([name]) => name.includes("description")))(
  "%s may have several lines, and is nothing if none of it is shown",
  async (name, { send }) => {
    const shown = await send("one\r\ntwo\tthree\u2028four ");
    if (shown.code !== "TARGET_IS_CURRENT") expect(shown).toEqual({ code: null, stored: "one\ntwo\tthree\nfour" });
    const hidden = await send("\u200b\u200b\n");
    if (name.startsWith("rollback")) expect(hidden.message).toContain("has to say why");
    else expect(hidden).toEqual({ code: null, stored: null });
  },
);

test.each(ofKind("LINES").filter(([name]) => /image|upload|rollback/i.test(name) && name.includes("description")))(
  "%s is counted in characters",
  async (_name, { send }) => {
    const whole = await send("\u{1F600}".repeat(500));
    if (whole.code !== "TARGET_IS_CURRENT") expect(whole).toEqual({ code: null, stored: "\u{1F600}".repeat(500) });
    expect((await send("\u{1F600}".repeat(501))).message).toBe("description: has at most 500 characters");
  },
);

test("foreign text in a log line cannot look like another line", async () => {
  const built = await createDeployment(world, admin, { workspaceId });
  // Such a name was accepted by earlier versions.
  await world.database.sql.query("UPDATE app_user SET full_name = $1", [
    "Eve\n2026-01-01 Revision 7 is deployed\x1b[1A",
  ]);
  await deployImage(world, admin, built, {
    description: "why\n2026-01-01T00:00:00Z Revision 9: Administrator rolls back",
  });
  const { logs } = await ask(
    world,
    'query ($id: Uuid!) { logs(deploymentUuid: $id, timestamp: "2020-01-01T00:00:00Z", search: "deploys") { message } }',
    { id: built.id },
    admin,
  );
  expect(logs).toHaveLength(1);
  expect(logs[0].message).toMatch(
    /^Revision 1: Eve\\n2026-01-01 Revision 7 is deployed\\x1b\[1A deploys .*: why\\n2026-01-01T00:00:00Z Revision 9: Administrator rolls back$/,
  );
});
