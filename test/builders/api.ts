import { setTimeout as sleep } from "node:timers/promises";
import { newId } from "../../src/kernel/ids";
import type { Answer, TestApp } from "../world/app";
import { BOOTSTRAP_TOKEN } from "../world/bootstrap-token";

/** Sends a request that has to succeed; answers its data. */
export async function ask(
  world: TestApp,
  query: string,
  variables: object | null,
  token?: string,
): Promise<Answer["data"]> {
  const { data, errors } = await world.send(query, variables, token);
  if (errors !== undefined)
    throw new Error(errors.map(({ message, extensions }) => `${extensions.code}: ${message}`).join("; "));
  return data;
}

export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** Sends a request that has to be refused; answers the first error. */
export async function askInVain(
  world: TestApp,
  query: string,
  variables: object | null,
  token?: string,
): Promise<Refusal> {
  const { data, errors } = await world.send(query, variables, token);
  const [first] = errors ?? [];
  if (first === undefined) throw new Error(`was not refused: ${JSON.stringify(data)}`);
  return { code: first.extensions.code, message: first.message, extensions: first.extensions };
}

let names = 0;
/** A name that no other builder call of this process has had. */
export const uniqueName = (prefix: string): string => `${prefix}-${process.pid}-${++names}`;

const CREATE_USER = `mutation ($email: String!, $username: String, $inviteToken: String) {
  createUser(email: $email, password: "correct horse", username: $username, inviteToken: $inviteToken) {
    user { id } token { value } invitation { token } }
}`;

export interface Account {
  readonly id: string;
  /** A session token or an API key, for the authorization header. */
  readonly token: string;
}

/** The first user of the installation, who becomes SYSTEM_ADMIN. */
export const signUpAdmin = async (world: TestApp): Promise<string> => (await signUp(world)).token;

/** A user without any role, who has accepted the invitation of `by`; without it the first one of all. */
export async function signUp(
  world: TestApp,
  { by, username = uniqueName("user") }: { by?: string; username?: string } = {},
): Promise<Account> {
  const email = `${uniqueName("someone")}@example.com`;
  const first = by === undefined ? { inviteToken: BOOTSTRAP_TOKEN } : {};
  const { createUser } = await ask(world, CREATE_USER, { email, username, ...first }, by);
  if (createUser.invitation !== null) {
    const inviteToken = createUser.invitation.token;
    const accepted = (await ask(world, CREATE_USER, { email, inviteToken }, undefined)).createUser;
    return { id: accepted.user.id, token: accepted.token.value };
  }
  return { id: createUser.user.id, token: createUser.token.value };
}

/** Where a role is given: nothing for the system. */
export interface Place {
  readonly workspaceId?: string;
  readonly deploymentId?: string;
}

/** A new user with one role. */
export async function userWith(world: TestApp, by: string, role: string, place: Place = {}): Promise<Account> {
  const user = await signUp(world, { by });
  await bindRole(world, user.id, role, place);
  return user;
}

/** Written to the table, since no operation gives system roles to users. */
export async function bindRole(
  world: TestApp,
  userId: string,
  role: string,
  { workspaceId, deploymentId }: Place = {},
): Promise<void> {
  await world.database.sql.query(
    "INSERT INTO role_binding (id, role, user_id, workspace_id, deployment_id, created_at) VALUES ($1, $2, $3, $4, $5, now())",
    [newId(), role, userId, workspaceId ?? null, deploymentId ?? null],
  );
}

/** A session of the same user on an installation whose sessions are shorter, and which so takes no longer ones. */
export function sessionOn(world: TestApp, token: string): Promise<string> {
  const { sub } = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as { sub: string };
  return world.app.features.access.issueToken(sub);
}

/** A new service account with one role. */
export async function serviceAccountWith(
  world: TestApp,
  by: string,
  role: string,
  { workspaceId, deploymentId }: Place = {},
  label = uniqueName("ci"),
): Promise<Account> {
  const [mutation, variables] =
    deploymentId !== undefined
      ? [
          `mutation ($label: String!, $role: Role!, $place: Uuid!) {
            account: createDeploymentServiceAccount(label: $label, role: $role, deploymentUuid: $place) { id apiKey } }`,
          { place: deploymentId },
        ]
      : workspaceId !== undefined
        ? [
            `mutation ($label: String!, $role: Role!, $place: Uuid!) {
              account: createWorkspaceServiceAccount(label: $label, role: $role, workspaceUuid: $place) { id apiKey } }`,
            { place: workspaceId },
          ]
        : [
            `mutation ($label: String!, $role: Role!) { account: createSystemServiceAccount(label: $label, role: $role) { id apiKey } }`,
            {},
          ];
  const { account } = await ask(world, mutation, { label, role, ...variables }, by);
  return { id: account.id, token: account.apiKey };
}

export async function createWorkspace(world: TestApp, token: string, label = uniqueName("team")): Promise<string> {
  const { createWorkspace: workspace } = await ask(
    world,
    "mutation ($label: String!) { createWorkspace(label: $label) { id } }",
    { label },
    token,
  );
  return workspace.id;
}

export interface BuiltDeployment {
  readonly id: string;
  readonly releaseName: string;
  readonly workspaceId: string;
}

export interface DeploymentOverrides {
  readonly workspaceId?: string;
  readonly label?: string;
  readonly releaseName?: string;
  readonly runtimeVersion?: string;
  readonly airflowVersion?: string;
  readonly executor?: string;
  readonly dagDeployment?: object;
  readonly rollbackEnabled?: boolean;
}

const CREATE_DEPLOYMENT = `mutation (
  $workspaceUuid: Uuid, $label: String!, $releaseName: String, $runtimeVersion: String, $airflowVersion: String,
  $executor: ExecutorType, $dagDeployment: DagDeployment
) {
  createDeployment(
    workspaceUuid: $workspaceUuid, label: $label, releaseName: $releaseName, runtimeVersion: $runtimeVersion,
    airflowVersion: $airflowVersion, executor: $executor, dagDeployment: $dagDeployment
  ) { id releaseName }
}`;

/**
 * A Deployment on Runtime 11.4.0 with its rollback switch on, unless told otherwise; in a Workspace of its own unless
 * one is given.
 */
export async function createDeployment(
  world: TestApp,
  token: string,
  overrides: DeploymentOverrides = {},
): Promise<BuiltDeployment> {
  const {
    workspaceId = await createWorkspace(world, token),
    label = uniqueName("airflow"),
    rollbackEnabled = true,
    ...rest
  } = overrides;
  const versions = rest.airflowVersion === undefined ? { runtimeVersion: "11.4.0" } : {};
  const { createDeployment: created } = await ask(
    world,
    CREATE_DEPLOYMENT,
    { workspaceUuid: workspaceId, label, releaseName: uniqueName("release"), ...versions, ...rest },
    token,
  );
  if (rollbackEnabled) await setRollbackSwitch(world, token, created.id, true);
  return { id: created.id, releaseName: created.releaseName, workspaceId };
}

export async function setRollbackSwitch(
  world: TestApp,
  token: string,
  deploymentUuid: string,
  enabled: boolean,
): Promise<void> {
  await ask(
    world,
    "mutation ($deploymentUuid: Uuid!, $enabled: Boolean!) { updateDeploymentRollback(deploymentUuid: $deploymentUuid, enabled: $enabled) { id } }",
    { deploymentUuid, enabled },
    token,
  );
}

export interface BuiltRevision {
  readonly id: string;
  readonly number: number;
  readonly status: string;
}

export interface ImageOverrides {
  readonly image?: string;
  readonly imageDigest?: string;
  readonly runtimeVersion?: string;
  readonly airflowVersion?: string;
  readonly description?: string;
  readonly source?: object;
  /** False leaves the revision INITIALIZED, where no workers run. */
  readonly rollOut?: boolean;
}

export const UPDATE_IMAGE = `mutation (
  $releaseName: String!, $image: String!, $imageDigest: String, $runtimeVersion: String, $airflowVersion: String, $description: String,
  $source: DeploySourceInput
) {
  updateDeploymentImage(
    releaseName: $releaseName, image: $image, imageDigest: $imageDigest, runtimeVersion: $runtimeVersion,
    airflowVersion: $airflowVersion, description: $description, source: $source
  ) { id }
}`;

/** Deploys an image with a tag of its own, and waits until the revision is final. */
export async function deployImage(
  world: TestApp,
  token: string,
  { id, releaseName }: Pick<BuiltDeployment, "id" | "releaseName">,
  { rollOut = true, ...overrides }: ImageOverrides = {},
): Promise<BuiltRevision> {
  const image = `registry.example.com/team/airflow:${uniqueName("deploy")}`;
  await ask(world, UPDATE_IMAGE, { releaseName, image, ...overrides }, token);
  const head = await headOf(world, id);
  return rollOut ? finish(world, head.id) : head;
}

export const ROLLBACK = `mutation (
  $deploymentUuid: Uuid!, $deployRevisionId: Uuid, $description: String!, $acknowledgeDataLoss: Boolean,
  $expectedCurrentRevisionId: Uuid, $idempotencyKey: String
) {
  rollbackDeploy(
    deploymentUuid: $deploymentUuid, deployRevisionId: $deployRevisionId, description: $description,
    acknowledgeDataLoss: $acknowledgeDataLoss, expectedCurrentRevisionId: $expectedCurrentRevisionId, idempotencyKey: $idempotencyKey
  ) { id number status isCurrent isRollback rollbackFromId rolledBackId description image }
}`;

/** Rolls back, and waits until the revision is final unless told otherwise. */
export async function rollBack(
  world: TestApp,
  token: string,
  deploymentUuid: string,
  deployRevisionId: string,
  {
    rollOut = true,
    ...overrides
  }: { rollOut?: boolean; description?: string; acknowledgeDataLoss?: boolean; idempotencyKey?: string } = {},
): Promise<BuiltRevision> {
  const { rollbackDeploy } = await ask(
    world,
    ROLLBACK,
    { deploymentUuid, deployRevisionId, description: "it broke", acknowledgeDataLoss: true, ...overrides },
    token,
  );
  return rollOut ? finish(world, rollbackDeploy.id) : rollbackDeploy;
}

export async function revisionOf(world: TestApp, id: string): Promise<BuiltRevision> {
  const [revision] = await world.database.sql.query<BuiltRevision>(
    "SELECT id, number, status FROM deploy_revision WHERE id = $1",
    [id],
  );
  if (revision === undefined) throw new Error(`no revision ${id}`);
  return revision;
}

/** The newest revision of a Deployment. */
export async function headOf(world: TestApp, deploymentId: string): Promise<BuiltRevision> {
  const [head] = await world.database.sql.query<BuiltRevision>(
    "SELECT r.id, r.number, r.status FROM deployment d JOIN deploy_revision r ON r.id = d.head_revision_id WHERE d.id = $1",
    [deploymentId],
  );
  if (head === undefined) throw new Error(`Deployment ${deploymentId} has no revision`);
  return head;
}

export const neverAborted = new AbortController().signal;

/** Makes one rollout attempt as the job would. */
export const applyOnce = (world: TestApp, revisionId: string): Promise<void> =>
  world.app.features.rollouts.apply.execute(revisionId, neverAborted);

/** Until the revision is final: waits where workers run, otherwise makes the attempts itself. */
export async function finish(world: TestApp, revisionId: string, patienceMs = 60_000): Promise<BuiltRevision> {
  const until = Date.now() + patienceMs;
  for (;;) {
    const revision = await revisionOf(world, revisionId);
    if (revision.status !== "INITIALIZED") return revision;
    if (Date.now() > until) throw new Error(`revision ${revision.number} is still INITIALIZED`);
    if (world.config.workers.enabled) await sleep(25);
    else await applyOnce(world, revisionId);
  }
}
