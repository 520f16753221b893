import { DEPLOY_ROLLBACK } from "../../logs";
import type { Workspace } from "../../workspaces";
import type { Clock } from "../../../kernel/clock";
import { LimitReached } from "../../../kernel/errors";
import { isId } from "../../../kernel/ids";
import { DAY_MS, minusDays, plusMs, type Instant } from "../../../kernel/instant";
import { deploymentScope, requirePermission, type Actor } from "../../../kernel/permissions";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import { authorize, DEPLOYMENT_PERMISSIONS } from "../domain/access";
import { auditedDeployment, type Deployment } from "../domain/deployment";
import { reconcileJob, type DeletedDeployment, type DeletedDeployments, type DeploymentStores } from "./ports";

/** The newest that a list holds. */
const MAX_LISTED = 100;

export interface KeptDeployment extends DeletedDeployment {
  /** It can be restored before that instant. */
  readonly keptUntil: Instant;
}

/** Brings back what was deleted, as long as it is kept: not what was deleted for good. */
export class RestoreDeployment {
  constructor(
    private readonly deps: {
      readonly unitOfWork: UnitOfWork<DeploymentStores>;
      readonly deleted: DeletedDeployments;
      /** @throws NotFound if there is none or the actor may not see it */
      readonly findWorkspace: (actor: Actor, id: string) => Promise<Workspace>;
      readonly clock: Clock;
      readonly retentionDays: number;
      readonly maxPerWorkspace: number;
    },
  ) {}

  /** The last one that was deleted comes first. @throws NotFound for the Workspace; @throws Forbidden */
  async list(actor: Actor, workspaceId: string): Promise<KeptDeployment[]> {
    const workspace = await this.deps.findWorkspace(actor, workspaceId);
    // Roles on a Deployment went with it, so that those of the Workspace count, for all of its Deployments alike.
    requirePermission(actor, DEPLOYMENT_PERMISSIONS.delete, deploymentScope({ id: "", workspaceId: workspace.id }));
    const found = await this.deps.deleted.list(workspace.id, this.oldest(), MAX_LISTED);
    const keptMs = this.deps.retentionDays * DAY_MS;
    return found.map((one) => ({ ...one, keptUntil: plusMs(one.deletedAt, keptMs) }));
  }

  /**
   * With its settings, its deploy history and what it ran last; roles and service accounts on it are gone.
   * @throws NotFound if there is none that the actor may see, or it is not kept any more
   * @throws Forbidden
   * @throws LimitReached for the Workspace
   */
  async execute(command: { readonly actor: Actor; readonly deploymentId: string }): Promise<Deployment> {
    const { deploymentId: id } = command;
    return this.deps.unitOfWork.run(async ({ deployments, actors, outbox, logs, audit }) => {
      const deleted = isId(id) ? await deployments.lockDeleted(id, this.oldest()) : null;
      const actor = await actors.current(command.actor);
      const deployment = authorize(actor, deleted, DEPLOYMENT_PERMISSIONS.delete);
      const { workspaceId, releaseName } = deployment;
      const { maxPerWorkspace, clock } = this.deps;
      if ((await deployments.countInWorkspaceForUpdate(workspaceId)) >= maxPerWorkspace) {
        throw new LimitReached(
          "The Workspace has as many Deployments as one may have",
          maxPerWorkspace,
          "deploymentsPerWorkspace",
        );
      }
      const at = clock();
      await deployments.restore(deployment.id, at);
      await outbox.add(reconcileJob(deployment.id));
      await logs.add([
        {
          deploymentId: deployment.id,
          workspaceId,
          releaseName,
          component: DEPLOY_ROLLBACK,
          message: `${actor.label} restored the Deployment, which had been deleted`,
          fields: { event: "deployment_restored", actorId: actor.id, actorType: actor.type, actorLabel: actor.label },
          createdAt: at,
        },
      ]);
      await audit.add({
        actor,
        action: "deployment.restore",
        object: auditedDeployment(deployment),
        details: { releaseName },
      });
      return { ...deployment, updatedAt: at };
    });
  }

  private oldest(): Instant {
    return minusDays(this.deps.clock(), this.deps.retentionDays);
  }
}
