import { createHash, randomBytes } from "node:crypto";
import type { App } from "../composition-root";
import type { Actor } from "../shared/domain/permissions";
import { minusDays } from "../shared/domain/instant";
import { FAILS } from "./failing-driver";

interface Past {
  /** Days before now. */
  readonly daysAgo: number;
  readonly by: "ci" | "ada" | "jun";
  readonly tag: string;
  readonly runtimeVersion: string;
  readonly description: string;
  /** The number to go back to, for a rollback. */
  readonly rollbackTo?: number;
}

const ANALYTICS: readonly Past[] = [
  { daysAgo: 62, by: "ada", tag: "deploy-1", runtimeVersion: "11.3.0", description: "First deploy" },
  { daysAgo: 55.2, by: "ci", tag: "deploy-2", runtimeVersion: "11.3.0", description: "Merge pull request #12: load orders hourly" },
  { daysAgo: 48.6, by: "ci", tag: "deploy-3", runtimeVersion: "11.3.0", description: "Merge pull request #14: retry flaky sensors" },
  { daysAgo: 41.1, by: "ci", tag: `deploy-4${FAILS}`, runtimeVersion: "11.3.0", description: "Merge pull request #15: pandas 2" },
  { daysAgo: 41, by: "ci", tag: "deploy-5", runtimeVersion: "11.3.0", description: "Merge pull request #16: pin pandas" },
  { daysAgo: 30.4, by: "jun", tag: "deploy-6", runtimeVersion: "11.4.0", description: "Runtime 11.4.0" },
  { daysAgo: 22.7, by: "ci", tag: "deploy-7", runtimeVersion: "11.4.0", description: "Merge pull request #21: new revenue model" },
  { daysAgo: 22.6, by: "ada", tag: "", runtimeVersion: "", description: "Revenue is counted twice since #21", rollbackTo: 6 },
  { daysAgo: 20.3, by: "ci", tag: "deploy-9", runtimeVersion: "11.4.0", description: "Merge pull request #22: count revenue once" },
  { daysAgo: 9.5, by: "jun", tag: "deploy-10", runtimeVersion: "11.5.0", description: "Runtime 11.5.0" },
  { daysAgo: 3.2, by: "ci", tag: `deploy-11${FAILS}`, runtimeVersion: "11.5.0", description: "Merge pull request #27: dbt 1.8" },
  { daysAgo: 0.3, by: "ci", tag: "deploy-12", runtimeVersion: "11.5.0", description: "Merge pull request #28: dbt 1.8, second try" },
];

const REPORTING: readonly Past[] = [
  { daysAgo: 70, by: "jun", tag: "deploy-1", runtimeVersion: "9.17.0", description: "First deploy" },
  { daysAgo: 12, by: "jun", tag: "deploy-2", runtimeVersion: "10.9.0", description: "Runtime 10" },
  { daysAgo: 2, by: "ci", tag: "deploy-3", runtimeVersion: "10.9.0", description: "Merge pull request #4: weekly report" },
];

/** A Workspace with Deployments and their past, made through the use cases. Answers the id of the first one. */
export async function seedDemo(
  app: App,
  clock: { now: string },
  { releaseName, administrator }: { readonly releaseName: string; readonly administrator: string },
): Promise<string> {
  const { access, workspaces, deployments, deploys } = app.features;
  const today = clock.now;
  const actorOf = async (email: string): Promise<Actor> => {
    const credentials = await access.readModel.credentialsOf(email);
    if (credentials === null) throw new Error(`${email} has no account`);
    return access.sessions.actorOf(await access.issueToken(credentials.userId), { fresh: true });
  };

  clock.now = minusDays(today, 75);
  const admin = await actorOf(administrator);
  for (const [email, fullName] of [["ada@example.com", "Ada Marsh"], ["jun@example.com", "Jun Park"]] as const) {
    await access.createUser.execute({ actor: admin, email, fullName, password: randomBytes(24).toString("base64url") });
  }
  const workspace = await workspaces.createWorkspace.execute({ actor: admin, label: "Demo: Analytics", description: "Something to try rollbacks on" });
  for (const email of ["ada@example.com", "jun@example.com"]) {
    await workspaces.addUser.execute({ actor: admin, workspaceId: workspace.id, email, role: "WORKSPACE_ADMIN", deploymentRoles: [] });
  }
  const scope = { kind: "workspace", workspaceId: workspace.id } as const;
  const { apiKey } = await access.serviceAccounts.create({ actor: admin, scope, label: "github-actions", role: "WORKSPACE_EDITOR" });
  const actors = {
    ada: await actorOf("ada@example.com"),
    jun: await actorOf("jun@example.com"),
    ci: await access.sessions.actorOf(apiKey, { fresh: true }),
  };

  const make = async (label: string, name: string, past: readonly Past[], rollbackEnabled: boolean): Promise<string> => {
    const { id } = await deployments.create.execute({
      actor: actors.ada,
      workspaceId: workspace.id,
      input: { label, releaseName: name, runtimeVersion: past[0]?.runtimeVersion },
    });
    if (rollbackEnabled) await deployments.rollbackSwitch.execute({ actor: actors.ada, deploymentId: id, enabled: true });
    const revisionIds: string[] = [];
    for (const step of past) {
      clock.now = minusDays(today, step.daysAgo);
      const actor = actors[step.by];
      const revisionId =
        step.rollbackTo === undefined
          ? await deploy(actor, name, step)
          : await rollBack(actor, id, revisionIds[step.rollbackTo - 1] ?? "", step.description);
      revisionIds.push(revisionId);
      await deploys.apply.execute(revisionId, new AbortController().signal);
    }
    return id;
  };
  const deploy = async (actor: Actor, name: string, { tag, runtimeVersion, description }: Past): Promise<string> => {
    const image = `registry.example.com/${name}/airflow:${tag}`;
    const imageDigest = `sha256:${createHash("sha256").update(image).digest("hex")}`;
    const { headRevisionId } = await deploys.record.execute({ actor, releaseName: name, deploy: { image, imageDigest, runtimeVersion, description } });
    return headRevisionId ?? "";
  };
  const rollBack = async (actor: Actor, deploymentId: string, revisionId: string, description: string): Promise<string> => {
    const revision = await deploys.rollback.execute({
      actor,
      deploymentId,
      revisionId,
      description,
      acknowledgeDataLoss: true,
      expectedCurrentRevisionId: undefined,
      idempotencyKey: undefined,
    });
    return revision.id;
  };

  const first = await make("Analytics", releaseName, ANALYTICS, true);
  await make("Reporting", "demo-reporting", REPORTING, true);
  await make("Sandbox", "demo-sandbox", REPORTING.slice(0, 1), false);
  clock.now = today;
  return first;
}
