import {
  holds,
  holdsAllOf,
  levelOf,
  seesDeployment,
  seesWorkspace,
  type Level,
  type Place,
  type Subject,
} from "./subjects";

/** Ids and names of what a request is aimed at; each Subject has a world of such targets to itself. */
export interface Target {
  readonly workspaceId: string;
  readonly deploymentId: string;
  readonly releaseName: string;
  readonly revisionId: string;
  /** Of that revision. */
  readonly quarantineId: string;
  /** A webhook of the Workspace. */
  readonly webhookId: string;
  /** A delivery of that webhook which is pending. */
  readonly deliveryId: string;
  /** A user who has the viewer's role on the Workspace and on the Deployment. */
  readonly memberId: string;
  readonly memberEmail: string;
  /** A Team that has the viewer's role on the Workspace and on the Deployment. */
  readonly teamId: string;
  readonly workspaceAccountId: string;
  readonly deploymentAccountId: string;
  readonly systemAccountId: string;
  /** A name that nothing has yet. */
  readonly newName: string;
}

type Verdict = "allowed" | "FORBIDDEN" | "NOT_FOUND";

/** What a root field takes, and one call of it. */
export interface Rule {
  /** Where the outcome depends on the place, the places that differ. */
  readonly places: readonly Place[];
  readonly verdict: (subject: Subject, place: Place) => Verdict;
  readonly call: (target: Target) => string;
  /** The code of the answer where the call is allowed: `OK`, or why it fails all the same. */
  readonly answer: string;
}

type Call = (target: Target) => string;

const visible = (sees: boolean, may: boolean): Verdict => (!sees ? "NOT_FOUND" : may ? "allowed" : "FORBIDDEN");

/** For everybody who is signed in. */
const everybody = (call: Call): Rule => ({ places: ["own"], verdict: () => "allowed", call, answer: "OK" });

interface Options {
  /** A role that the call gives: nobody grants what they lack. */
  readonly grants?: string;
  readonly answer?: string;
}

const ruleOf =
  (level: Level, places: readonly Place[], sees: (subject: Subject, place: Place) => boolean) =>
  (permissions: readonly string[], call: Call, { grants, answer = "OK" }: Options = {}): Rule => ({
    places,
    verdict: (subject, place) =>
      visible(
        sees(subject, place),
        holds(subject, permissions, level, place) &&
          (grants === undefined || holdsAllOf(subject, grants, level, place)),
      ),
    call,
    answer,
  });

const onSystem = ruleOf("system", ["own"], () => true);
const onWorkspace = ruleOf("workspace", ["own", "other", "none"], seesWorkspace);
/** For everybody who sees it, be it for a role on one of its Deployments only. */
const onVisibleWorkspace = (call: Call): Rule => ({
  places: ["own", "other", "none"],
  verdict: (subject, place) => (seesWorkspace(subject, place) ? "allowed" : "NOT_FOUND"),
  call,
  answer: "OK",
});
const onDeployment = ruleOf("deployment", ["own", "neighbour", "other", "none"], seesDeployment);

const q = JSON.stringify;
const workspace = ({ workspaceId }: Target): string => `workspaceUuid: ${q(workspaceId)}`;
const deployment = ({ deploymentId }: Target): string => `deploymentUuid: ${q(deploymentId)}`;

const UPDATE = ["deployment.config.update", "system.deployments.update"];
const PUSH = ["deployment.images.push", "system.deployments.images.push"];
const HISTORY = ["deployment.deployRevisions.get", "system.deployRevisions.get"];
const WORKSPACE_IAM = ["workspace.iam.update", "system.iam.update"];
const CONFIGURE = ["workspace.config.update", "system.workspace.update"];
const USER_ROLES = ["deployment.userRoles.update", "system.iam.update"];
const TEAM_ROLES = ["deployment.teamRoles.update", "system.iam.update"];

const accounts = (level: Level, verb: string): string[] => [
  `${level}.serviceAccounts.${verb}`,
  `system.serviceAccounts.${verb}`,
];

/** A Team is seen by its members, through the system, and from where it has a role. */
const onTeam = (call: Call): Rule => ({
  places: ["own", "other", "none"],
  verdict: (subject, place) =>
    place !== "none" &&
    (holds(subject, ["system.teams.get", "workspace.teams.get"], "workspace", place) ||
      holds(subject, ["deployment.teams.get"], "deployment", place))
      ? "allowed"
      : "NOT_FOUND",
  call,
  answer: "OK",
});

/** A page of Teams is asked on behalf of a Workspace, if not with the system's permission. */
const teamsOf = (call: Call): Rule => ({
  places: ["own", "other", "none"],
  verdict: (subject, place) =>
    holds(subject, ["system.teams.get"], "system", place)
      ? "allowed"
      : visible(seesWorkspace(subject, place), holds(subject, ["workspace.teams.get"], "workspace", place)),
  call,
  answer: "OK",
});

/** For people, of themselves; keys have no account of their own. */
const onOneself = (
  call: Call,
  { answer = "OK", forKeys = () => "FORBIDDEN" }: { answer?: string; forKeys?: (subject: Subject) => Verdict } = {},
): Rule => ({
  places: ["own"],
  verdict: (subject) => (subject.kind === "service account" ? forKeys(subject) : "allowed"),
  call,
  answer,
});

/** Answered to anybody, without a login and whatever the token is. */
export const PUBLIC = ["appConfig", "authConfig", "createToken"];

/**
 * Every root field that takes a login, in the order in which they are called: what takes something away comes
 * last. Permissions are those of the public 0.35 role reference.
 */
export const ROOT_FIELDS: Readonly<Record<string, readonly Rule[]>> = {
  runtimeReleases: [everybody(() => "query { runtimeReleases { version } }")],
  deploymentConfig: [everybody(() => "query { deploymentConfig { defaultAirflowImageTag } }")],
  availableNamespaces: [everybody(() => "query { availableNamespaces { name } }")],
  self: [everybody(() => "query { self { user { id } } }")],
  workspaces: [everybody(() => "query { workspaces { id } }")],
  paginatedWorkspaces: [everybody(() => "query { paginatedWorkspaces(take: 2, pageNumber: 0) { id } }")],
  paginatedDeployments: [everybody(() => "query { paginatedDeployments(take: -1) { id } }")],
  sysWorkspaces: [onSystem(["system.workspace.get"], () => "query { sysWorkspaces { id } }")],
  workspace: [onVisibleWorkspace((t) => `query { workspace(${workspace(t)}) { id label } }`)],
  workspaceUser: [
    onWorkspace(
      ["workspace.users.get", "system.users.get"],
      (t) => `query { workspaceUser(${workspace(t)}, user: { email: ${q(t.memberEmail)} }) { id } }`,
    ),
  ],
  workspaceUsers: [
    onWorkspace(["workspace.users.get", "system.users.get"], (t) => `query { workspaceUsers(${workspace(t)}) { id } }`),
  ],
  paginatedWorkspaceUsers: [
    onWorkspace(
      ["workspace.users.get", "system.users.get"],
      (t) => `query { paginatedWorkspaceUsers(${workspace(t)}, take: 2) { id } }`,
    ),
  ],
  workspaceTeams: [
    onWorkspace(["workspace.teams.get", "system.teams.get"], (t) => `query { workspaceTeams(${workspace(t)}) { id } }`),
  ],
  workspaceServiceAccounts: [
    onWorkspace(accounts("workspace", "get"), (t) => `query { workspaceServiceAccounts(${workspace(t)}) { id } }`),
  ],
  workspaceDeployments: [onVisibleWorkspace((t) => `query { workspaceDeployments(${workspace(t)}) { id } }`)],
  workspaceDeployment: [
    onVisibleWorkspace(
      (t) => `query { workspaceDeployment(${workspace(t)}, releaseName: ${q(t.releaseName)}) { id } }`,
    ),
  ],
  deployment: [
    onDeployment(
      ["deployment.config.get", "system.deployments.get"],
      (t) => `query { deployment(where: { id: ${q(t.deploymentId)} }) { id } }`,
    ),
  ],
  deploymentUsers: [
    onDeployment(
      ["deployment.users.get", "system.users.get"],
      (t) => `query { deploymentUsers(deploymentId: ${q(t.deploymentId)}) { id } }`,
    ),
  ],
  deploymentTeams: [
    onDeployment(
      ["deployment.teams.get", "system.teams.get"],
      (t) => `query { deploymentTeams(${deployment(t)}) { id } }`,
    ),
  ],
  deploymentServiceAccounts: [
    onDeployment(accounts("deployment", "get"), (t) => `query { deploymentServiceAccounts(${deployment(t)}) { id } }`),
  ],
  logs: [
    onDeployment(["deployment.logs.get", "system.deployments.logs"], (t) => `query { logs(${deployment(t)}) { id } }`),
  ],
  deploymentVariables: [
    onDeployment(
      ["deployment.variables.get", "system.deployment.variables.get"],
      (t) => `query { deploymentVariables(${deployment(t)}) { key } }`,
    ),
  ],
  deployRevisions: [onDeployment(HISTORY, (t) => `query { deployRevisions(${deployment(t)}) { nodes { id } } }`)],
  paginatedDeployRevisions: [
    onDeployment(HISTORY, (t) => `query { paginatedDeployRevisions(${deployment(t)}) { count } }`),
  ],
  deployRevision: [onDeployment(HISTORY, (t) => `query { deployRevision(id: ${q(t.revisionId)}) { id } }`)],
  deployRevisionAt: [
    onDeployment(HISTORY, (t) => `query { deployRevisionAt(${deployment(t)}, at: "2024-07-15T09:30:00Z") { id } }`),
  ],
  deletedDeployments: [
    {
      places: ["own", "other", "none"],
      // Roles on the Deployment itself went with it.
      verdict: (subject, place) =>
        visible(
          seesWorkspace(subject, place),
          levelOf(subject) !== "deployment" &&
            holds(subject, ["deployment.config.delete", "system.deployments.delete"], "deployment", place),
        ),
      call: (t) => `query { deletedDeployments(${workspace(t)}) { id } }`,
      answer: "OK",
    },
  ],
  deployActivity: [
    onDeployment(
      HISTORY,
      (t) =>
        `query { deployActivity(${deployment(t)}, from: "2024-07-15T09:30:00Z", to: "2024-07-16T09:30:00Z") { from } }`,
    ),
  ],
  deployActors: [onDeployment(HISTORY, (t) => `query { deployActors(${deployment(t)}) { count } }`)],
  dagFileDiff: [
    onDeployment(
      HISTORY,
      ({ revisionId }) =>
        `query { dagFileDiff(fromDeployRevisionId: ${q(revisionId)}, toDeployRevisionId: ${q(revisionId)}, path: "x.py") { path } }`,
    ),
  ],
  rollbackPlan: [
    onDeployment(
      HISTORY,
      (t) => `query { rollbackPlan(${deployment(t)}, deployRevisionId: ${q(t.revisionId)}) { allowed } }`,
      { answer: "NO_TARGET" },
    ),
  ],
  webhooks: [
    onWorkspace(CONFIGURE, (t) => `query { webhooks(${workspace(t)}) { id } }`),
    onSystem(["system.iam.update"], () => "query { webhooks { id } }"),
  ],
  webhookDeliveries: [
    onWorkspace(CONFIGURE, (t) => `query { webhookDeliveries(webhookId: ${q(t.webhookId)}) { nodes { id } } }`),
  ],
  auditLines: [onSystem(["system.iam.update"], () => "query { auditLines { nodes { id } } }")],
  systemServiceAccounts: [onSystem(["system.serviceAccounts.get"], () => "query { systemServiceAccounts { id } }")],
  team: [onTeam((t) => `query { team(teamUuid: ${q(t.teamId)}) { id } }`)],
  teamUsers: [onTeam((t) => `query { teamUsers(teamUuid: ${q(t.teamId)}) { id } }`)],
  paginatedTeams: [teamsOf((t) => `query { paginatedTeams(${workspace(t)}) { count } }`)],
  users: [
    onSystem(["system.users.get"], () => 'query { users(user: { userId: "", email: "", fullName: "" }) { id } }'),
  ],

  cleanupDeployRevisions: [
    onSystem(
      ["system.cleanupDeployRevisions.delete"],
      () => "mutation { cleanupDeployRevisions(olderThanDays: 3650) { dryRun } }",
    ),
  ],
  createUser: [
    onSystem(
      ["system.user.invite"],
      (t) => `mutation { createUser(email: "${t.newName}@example.com", password: "correct horse") { user { id } } }`,
    ),
  ],
  updateUser: [
    onOneself(() => 'mutation { updateUser(fullName: "x") { id } }', {
      forKeys: (key) => (holds(key, ["system.iam.update"], "system", "own") ? "NOT_FOUND" : "FORBIDDEN"),
    }),
    onSystem(["system.iam.update"], (t) => `mutation { updateUser(userUuid: ${q(t.memberId)}, fullName: "x") { id } }`),
  ],
  changePassword: [
    onOneself(
      () => 'mutation { changePassword(currentPassword: "correct horse", newPassword: "short") { user { id } } }',
      { answer: "BAD_USER_INPUT" },
    ),
  ],
  setUserPassword: [
    onSystem(
      ["system.iam.update"],
      (t) => `mutation { setUserPassword(userUuid: ${q(t.memberId)}, password: "battery staple") { id } }`,
    ),
  ],
  verifyEmail: [onSystem(["system.user.verifyEmail"], (t) => `mutation { verifyEmail(email: ${q(t.memberEmail)}) }`)],
  createSystemServiceAccount: [
    onSystem(
      ["system.serviceAccounts.create"],
      () => 'mutation { createSystemServiceAccount(label: "x", role: SYSTEM_VIEWER) { id } }',
      { grants: "SYSTEM_VIEWER" },
    ),
  ],
  updateSystemServiceAccount: [
    onSystem(
      ["system.serviceAccounts.update"],
      (t) => `mutation { updateSystemServiceAccount(serviceAccountUuid: ${q(t.systemAccountId)}, label: "x") { id } }`,
    ),
  ],
  createSystemRoleBinding: [
    onSystem(
      ["system.iam.update"],
      (t) => `mutation { createSystemRoleBinding(userId: ${q(t.memberId)}, role: SYSTEM_VIEWER) { id } }`,
      { grants: "SYSTEM_VIEWER" },
    ),
  ],
  createTeamSystemRoleBinding: [
    onSystem(
      ["system.iam.update"],
      (t) => `mutation { createTeamSystemRoleBinding(teamUuid: ${q(t.teamId)}, role: SYSTEM_VIEWER) { id } }`,
      { grants: "SYSTEM_VIEWER" },
    ),
  ],
  createTeam: [onSystem(["system.teams.create"], (t) => `mutation { createTeam(name: ${q(t.newName)}) { message } }`)],
  updateTeam: [
    onSystem(
      ["system.teams.update"],
      (t) => `mutation { updateTeam(id: ${q(t.teamId)}, description: "x") { message } }`,
    ),
  ],

  createWorkspace: [
    onSystem(["system.workspace.create"], (t) => `mutation { createWorkspace(label: ${q(t.newName)}) { id } }`),
  ],
  updateWorkspace: [
    onWorkspace(
      ["workspace.config.update", "system.workspace.update"],
      (t) => `mutation { updateWorkspace(${workspace(t)}, payload: {}) { id } }`,
    ),
  ],
  workspaceAddUser: [
    onWorkspace(
      WORKSPACE_IAM,
      (t) => `mutation { workspaceAddUser(${workspace(t)}, email: ${q(t.memberEmail)}) { id } }`,
      { grants: "WORKSPACE_VIEWER", answer: "CONFLICT" },
    ),
  ],
  workspaceUpsertUserRole: [
    onWorkspace(
      WORKSPACE_IAM,
      (t) =>
        `mutation { workspaceUpsertUserRole(${workspace(t)}, email: ${q(t.memberEmail)}, role: WORKSPACE_VIEWER) }`,
      { grants: "WORKSPACE_VIEWER" },
    ),
  ],
  workspaceAddTeam: [
    onWorkspace(
      WORKSPACE_IAM,
      (t) => `mutation { workspaceAddTeam(${workspace(t)}, teamUuid: ${q(t.teamId)}) { id } }`,
      { grants: "WORKSPACE_VIEWER", answer: "CONFLICT" },
    ),
  ],
  workspaceUpdateTeamRole: [
    onWorkspace(
      WORKSPACE_IAM,
      (t) => `mutation { workspaceUpdateTeamRole(${workspace(t)}, teamUuid: ${q(t.teamId)}, role: WORKSPACE_VIEWER) }`,
      { grants: "WORKSPACE_VIEWER" },
    ),
  ],
  createWorkspaceServiceAccount: [
    onWorkspace(
      accounts("workspace", "create"),
      (t) => `mutation { createWorkspaceServiceAccount(${workspace(t)}, label: "x", role: WORKSPACE_VIEWER) { id } }`,
      { grants: "WORKSPACE_VIEWER" },
    ),
  ],
  updateWorkspaceServiceAccount: [
    onWorkspace(
      accounts("workspace", "update"),
      (t) =>
        `mutation { updateWorkspaceServiceAccount(${workspace(t)}, serviceAccountUuid: ${q(t.workspaceAccountId)}, label: "x") { id } }`,
    ),
  ],

  createDeployment: [
    onWorkspace(
      ["workspace.deployments.create", "system.deployments.create"],
      (t) => `mutation { createDeployment(${workspace(t)}, label: ${q(t.newName)}, runtimeVersion: "11.4.0") { id } }`,
    ),
  ],
  upsertDeployment: [
    onWorkspace(
      ["workspace.deployments.upsert", "system.deployments.upsert"],
      (t) =>
        `mutation { upsertDeployment(${workspace(t)}, label: "${t.newName}-too", runtimeVersion: "11.4.0") { id } }`,
    ),
    onDeployment(
      ["deployment.config.upsert", "system.deployments.upsert"],
      (t) => `mutation { upsertDeployment(${deployment(t)}, description: "x") { id } }`,
    ),
  ],
  updateDeployment: [
    onDeployment(UPDATE, (t) => `mutation { updateDeployment(${deployment(t)}, payload: {}) { id } }`),
  ],
  updateDeploymentRollback: [
    onDeployment(UPDATE, (t) => `mutation { updateDeploymentRollback(${deployment(t)}, enabled: true) { id } }`),
  ],
  updateDeploymentRuntime: [
    onDeployment(
      UPDATE,
      (t) => `mutation { updateDeploymentRuntime(${deployment(t)}, desiredRuntimeVersion: "11.5.0") { id } }`,
    ),
  ],
  cancelRuntimeUpdate: [onDeployment(UPDATE, (t) => `mutation { cancelRuntimeUpdate(${deployment(t)}) { id } }`)],
  updateDeploymentAirflow: [
    onDeployment(
      UPDATE,
      (t) => `mutation { updateDeploymentAirflow(${deployment(t)}, desiredAirflowVersion: "2.9.2") { id } }`,
      { answer: "BAD_USER_INPUT" },
    ),
  ],
  updateDeploymentVariables: [
    onDeployment(
      ["deployment.variables.update", "system.deployment.variables.update"],
      (t) =>
        `mutation { updateDeploymentVariables(${deployment(t)}, releaseName: ${q(t.releaseName)}, environmentVariables: []) { key } }`,
    ),
  ],
  updateDeploymentImage: [
    onDeployment(
      PUSH,
      (t) =>
        `mutation { updateDeploymentImage(releaseName: ${q(t.releaseName)}, image: "registry.example.com/app:2") { id } }`,
    ),
  ],
  pinDeployRevision: [
    onDeployment(
      UPDATE,
      (t) => `mutation { pinDeployRevision(deployRevisionId: ${q(t.revisionId)}, pinned: false) { id } }`,
    ),
  ],
  undoRollback: [
    onDeployment(
      PUSH,
      (t) => `mutation { undoRollback(deployRevisionId: ${q(t.revisionId)}, description: "x") { id } }`,
      {
        answer: "BAD_USER_INPUT",
      },
    ),
  ],
  quarantineDeployRevision: [
    onDeployment(
      PUSH,
      (t) => `mutation { quarantineDeployRevision(deployRevisionId: ${q(t.revisionId)}, reason: "x") { id } }`,
      { answer: "CONFLICT" },
    ),
  ],
  cancelDeploy: [
    onDeployment(
      PUSH,
      (t) => `mutation { cancelDeploy(deployRevisionId: ${q(t.revisionId)}, description: "x") { id } }`,
      {
        answer: "CONFLICT",
      },
    ),
  ],
  rollbackDeploy: [
    onDeployment(
      PUSH,
      (t) =>
        `mutation { rollbackDeploy(${deployment(t)}, deployRevisionId: ${q(t.revisionId)}, description: "x") { id } }`,
      { answer: "TARGET_NOT_DEPLOYED" },
    ),
  ],
  deploymentAddUserRole: [
    onDeployment(
      USER_ROLES,
      (t) =>
        `mutation { deploymentAddUserRole(deploymentId: ${q(t.deploymentId)}, email: ${q(t.memberEmail)}, role: DEPLOYMENT_VIEWER) { id } }`,
      {
        grants: "DEPLOYMENT_VIEWER",
        answer: "CONFLICT",
      },
    ),
  ],
  deploymentUpdateUserRole: [
    onDeployment(
      USER_ROLES,
      (t) =>
        `mutation { deploymentUpdateUserRole(deploymentId: ${q(t.deploymentId)}, email: ${q(t.memberEmail)}, role: DEPLOYMENT_VIEWER) { id } }`,
      {
        grants: "DEPLOYMENT_VIEWER",
      },
    ),
  ],
  deploymentAddTeamRole: [
    onDeployment(
      TEAM_ROLES,
      (t) =>
        `mutation { deploymentAddTeamRole(${deployment(t)}, teamUuid: ${q(t.teamId)}, role: DEPLOYMENT_VIEWER) { id } }`,
      {
        grants: "DEPLOYMENT_VIEWER",
        answer: "CONFLICT",
      },
    ),
  ],
  deploymentUpdateTeamRole: [
    onDeployment(
      TEAM_ROLES,
      (t) =>
        `mutation { deploymentUpdateTeamRole(${deployment(t)}, teamUuid: ${q(t.teamId)}, role: DEPLOYMENT_VIEWER) { id } }`,
      { grants: "DEPLOYMENT_VIEWER" },
    ),
  ],
  createDeploymentServiceAccount: [
    onDeployment(
      accounts("deployment", "create"),
      (t) =>
        `mutation { createDeploymentServiceAccount(${deployment(t)}, label: "x", role: DEPLOYMENT_VIEWER) { id } }`,
      {
        grants: "DEPLOYMENT_VIEWER",
      },
    ),
  ],
  updateDeploymentServiceAccount: [
    onDeployment(
      accounts("deployment", "update"),
      (t) =>
        `mutation { updateDeploymentServiceAccount(${deployment(t)}, serviceAccountUuid: ${q(t.deploymentAccountId)}, label: "x") { id } }`,
    ),
  ],

  createWebhook: [
    onWorkspace(
      CONFIGURE,
      (t) => `mutation { createWebhook(${workspace(t)}, url: "https://hooks.example.com/x") { id } }`,
    ),
    onSystem(["system.iam.update"], () => `mutation { createWebhook(url: "https://hooks.example.com/x") { id } }`),
  ],
  updateWebhook: [onWorkspace(CONFIGURE, (t) => `mutation { updateWebhook(webhookId: ${q(t.webhookId)}) { id } }`)],
  testWebhook: [onWorkspace(CONFIGURE, (t) => `mutation { testWebhook(webhookId: ${q(t.webhookId)}) { id } }`)],
  redeliverWebhook: [
    onWorkspace(CONFIGURE, (t) => `mutation { redeliverWebhook(deliveryId: ${q(t.deliveryId)}) { id } }`, {
      answer: "CONFLICT",
    }),
  ],
  deleteWebhook: [onWorkspace(CONFIGURE, (t) => `mutation { deleteWebhook(webhookId: ${q(t.webhookId)}) { id } }`)],
  liftQuarantine: [
    onDeployment(UPDATE, (t) => `mutation { liftQuarantine(quarantineId: ${q(t.quarantineId)}) { id } }`),
  ],
  deleteDeploymentServiceAccount: [
    onDeployment(
      accounts("deployment", "delete"),
      (t) =>
        `mutation { deleteDeploymentServiceAccount(${deployment(t)}, serviceAccountUuid: ${q(t.deploymentAccountId)}) { id } }`,
    ),
  ],
  deploymentRemoveUserRole: [
    onDeployment(
      USER_ROLES,
      (t) =>
        `mutation { deploymentRemoveUserRole(deploymentId: ${q(t.deploymentId)}, email: ${q(t.memberEmail)}) { id } }`,
    ),
  ],
  deploymentRemoveTeamRole: [
    onDeployment(
      TEAM_ROLES,
      (t) => `mutation { deploymentRemoveTeamRole(${deployment(t)}, teamUuid: ${q(t.teamId)}) { id } }`,
    ),
  ],
  // Nothing is deleted, so that nobody finds anything; what it takes is told by its own tests.
  restoreDeployment: [
    {
      places: ["own"],
      verdict: () => "allowed",
      call: (t) => `mutation { restoreDeployment(${deployment(t)}) { id } }`,
      answer: "NOT_FOUND",
    },
  ],
  deleteDeployment: [
    onDeployment(
      ["deployment.config.delete", "system.deployments.delete"],
      (t) => `mutation { deleteDeployment(${deployment(t)}) { id } }`,
    ),
  ],
  deleteWorkspaceServiceAccount: [
    onWorkspace(
      accounts("workspace", "delete"),
      (t) =>
        `mutation { deleteWorkspaceServiceAccount(${workspace(t)}, serviceAccountUuid: ${q(t.workspaceAccountId)}) { id } }`,
    ),
  ],
  workspaceRemoveTeam: [
    onWorkspace(
      WORKSPACE_IAM,
      (t) => `mutation { workspaceRemoveTeam(${workspace(t)}, teamUuid: ${q(t.teamId)}) { id } }`,
    ),
  ],
  workspaceRemoveUser: [
    onWorkspace(
      WORKSPACE_IAM,
      (t) => `mutation { workspaceRemoveUser(${workspace(t)}, userUuid: ${q(t.memberId)}) { id } }`,
    ),
  ],
  deleteWorkspace: [
    onWorkspace(
      ["workspace.config.delete", "system.workspace.delete"],
      (t) => `mutation { deleteWorkspace(${workspace(t)}) { id } }`,
      { answer: "CONFLICT" },
    ),
  ],
  deleteSystemRoleBinding: [
    onSystem(
      ["system.iam.update"],
      (t) => `mutation { deleteSystemRoleBinding(userId: ${q(t.memberId)}, role: SYSTEM_VIEWER) { id } }`,
    ),
  ],
  deleteTeamSystemRoleBinding: [
    onSystem(
      ["system.iam.update"],
      (t) => `mutation { deleteTeamSystemRoleBinding(teamUuid: ${q(t.teamId)}, role: SYSTEM_VIEWER) { id } }`,
    ),
  ],
  deleteSystemServiceAccount: [
    onSystem(
      ["system.serviceAccounts.delete"],
      (t) => `mutation { deleteSystemServiceAccount(serviceAccountUuid: ${q(t.systemAccountId)}) { id } }`,
    ),
  ],
  removeTeam: [onSystem(["system.teams.remove"], (t) => `mutation { removeTeam(id: ${q(t.teamId)}) { message } }`)],
  removeUser: [onSystem(["system.user.delete"], (t) => `mutation { removeUser(id: ${q(t.memberId)}) { id } }`)],
};
