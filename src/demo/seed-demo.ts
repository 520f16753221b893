import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import type { App } from "../composition/composition-root";
import type { Workspace } from "../features/workspaces";
import { minusDays } from "../kernel/instant";
import { workspaceScope, type Actor } from "../kernel/permissions";
import type { DemoClock } from "./demo-clock";
import { packDags } from "./demo-dags";
import { DEMO_DEPLOYMENTS, imageTag, type PastDeploy, type PastDeployment } from "./demo-history";

const WORKSPACE = "Demo: Analytics";
const CI = "github-actions";
const PEOPLE = {
  ada: { email: "ada@example.com", fullName: "Ada Marsh" },
  jun: { email: "jun@example.com", fullName: "Jun Park" },
};
const DAYS_OF_PAST = 75;

type Cast = Readonly<Record<PastDeploy["by"], Actor>>;

/**
 * Makes a Workspace with Deployments and their history through the use cases. It leaves what exists as it is, so that a
 * start completes what an interrupted one began. Afterwards the clock shows the present time.
 */
export async function seedDemo(
  app: App,
  clock: DemoClock,
  { administrator }: { readonly administrator: string },
): Promise<void> {
  const today = clock.now;
  clock.now = minusDays(today, DAYS_OF_PAST);
  const admin = await personNamed(app, administrator);
  const workspace = await demoWorkspace(app, admin);
  const cast: Cast = {
    ada: await member(app, admin, workspace, PEOPLE.ada),
    jun: await member(app, admin, workspace, PEOPLE.jun),
    ci: await continuousIntegration(app, admin, workspace),
  };
  for (const past of DEMO_DEPLOYMENTS) await relive(app, clock, { past, today, workspace, cast });
  clock.now = today;
}

async function personNamed({ features: { access } }: App, email: string): Promise<Actor> {
  const credentials = await access.readModel.credentialsOf(email);
  if (credentials === null) throw new Error(`${email} has no account`);
  return access.sessions.actorOf(await access.issueToken(credentials.userId), { fresh: true });
}

async function demoWorkspace({ features: { workspaces } }: App, actor: Actor): Promise<Workspace> {
  const present = (await workspaces.reads.visibleTo(actor, WORKSPACE)).find(({ label }) => label === WORKSPACE);
  return (
    present ??
    workspaces.createWorkspace.execute({ actor, label: WORKSPACE, description: "Something to try rollbacks on" })
  );
}

/** Without a password: only the administrator signs in. */
async function member(
  app: App,
  admin: Actor,
  workspace: Workspace,
  person: { email: string; fullName: string },
): Promise<Actor> {
  const { access, workspaces } = app.features;
  if ((await access.readModel.credentialsOf(person.email)) === null) {
    await access.createUser.execute({ actor: admin, ...person, password: randomBytes(24).toString("base64url") });
    await access.verifyEmail.execute({ actor: admin, email: person.email });
  }
  const { id } = await personNamed(app, person.email);
  if (!(await access.readModel.usersOfWorkspaces([workspace.id])).some((user) => user.id === id)) {
    await workspaces.addUser.execute({
      actor: admin,
      workspaceId: workspace.id,
      email: person.email,
      role: "WORKSPACE_ADMIN",
      deploymentRoles: [],
    });
  }
  return personNamed(app, person.email);
}

/** A key is shown only once, so an account of an earlier attempt is replaced. */
async function continuousIntegration(
  { features: { access } }: App,
  actor: Actor,
  workspace: Workspace,
): Promise<Actor> {
  const scope = workspaceScope(workspace.id);
  for (const { id, label } of await access.serviceAccounts.list(actor, scope)) {
    if (label === CI) await access.serviceAccounts.delete(actor, scope, id);
  }
  const { apiKey } = await access.serviceAccounts.create({ actor, scope, label: CI, role: "WORKSPACE_EDITOR" });
  return access.sessions.actorOf(apiKey, { fresh: true });
}

async function relive(
  app: App,
  clock: DemoClock,
  story: {
    readonly past: PastDeployment;
    readonly today: string;
    readonly workspace: Workspace;
    readonly cast: Cast;
  },
): Promise<void> {
  const { deployments, deploys, rollouts } = app.features;
  const { past, today, workspace, cast } = story;
  const [first] = past.deploys;
  clock.now = minusDays(today, (first?.daysAgo ?? 0) + 0.01);
  const { id: deploymentId } =
    (await deployments.readModel.findByReleaseName(past.releaseName)) ??
    (await deployments.create.execute({
      actor: cast.ada,
      workspaceId: workspace.id,
      input: {
        label: past.label,
        releaseName: past.releaseName,
        ...(past.dagOnlyDeploys && { dagDeployment: { type: "dag_deploy" } }),
        ...(first !== undefined && "runtimeVersion" in first.what && { runtimeVersion: first.what.runtimeVersion }),
      },
    }));
  if (past.rollbackEnabled) await deployments.rollbackSwitch.execute({ actor: cast.ada, deploymentId, enabled: true });

  const { revisions } = await deploys.readModel.page({ deploymentId, filter: {}, limit: past.deploys.length });
  const revisionIds = new Map(revisions.map(({ number, id }) => [number, id]));
  for (const [index, step] of past.deploys.entries()) {
    const number = index + 1;
    clock.now = minusDays(today, step.daysAgo);
    const revisionId =
      revisionIds.get(number) ??
      (await deployAgain(app, { deploymentId, past, step, number, revisionIds, actor: cast[step.by] }));
    revisionIds.set(number, revisionId);
    const overtaken = "overtaken" in step.what && number < past.deploys.length;
    if (!overtaken) await rollouts.apply.execute(revisionId, new AbortController().signal);
  }
}

/** Returns the new revision's id. */
async function deployAgain(
  { features: { bundles, deploys, rollbacks } }: App,
  {
    deploymentId,
    past,
    step,
    number,
    revisionIds,
    actor,
  }: {
    readonly deploymentId: string;
    readonly past: PastDeployment;
    readonly step: PastDeploy;
    readonly number: number;
    readonly revisionIds: ReadonlyMap<number, string>;
    readonly actor: Actor;
  },
): Promise<string> {
  const { what, description } = step;
  if ("rollbackTo" in what) {
    const { id } = await rollbacks.rollback.execute({
      actor,
      deploymentId,
      revisionId: revisionIds.get(what.rollbackTo),
      revisionNumber: undefined,
      description,
      acknowledgeDataLoss: true,
      expectedCurrentRevisionId: undefined,
      idempotencyKey: undefined,
      quarantine: false,
    });
    return id;
  }
  if ("dags" in what) {
    const { id } = await bundles.receive.execute(Readable.from([packDags(what.dags)]), {
      accept: async () => description,
      record: (archive, accepted) =>
        deploys.recordDags.execute({ actor, deploymentId, archive, description: accepted }),
    });
    return id;
  }
  const image = `registry.example.com/${past.releaseName}/airflow:${imageTag(number)}`;
  const imageDigest = `sha256:${createHash("sha256").update(image).digest("hex")}`;
  const { headRevisionId } = await deploys.record.execute({
    actor,
    releaseName: past.releaseName,
    deploy: { image, imageDigest, runtimeVersion: what.runtimeVersion, description },
  });
  if (headRevisionId === null) throw new Error(`${image} was recorded without a revision`);
  return headRevisionId;
}
