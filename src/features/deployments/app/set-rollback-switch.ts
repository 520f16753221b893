import { DEPLOY_ROLLBACK } from "../../logs";
import type { Clock } from "../../../kernel/clock";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import type { Actor } from "../../../kernel/permissions";
import { DEPLOYMENT_PERMISSIONS } from "../domain/access";
import { auditedDeployment, type Deployment } from "../domain/deployment";
import { lockDeployment } from "./lock-deployment";
import type { DeploymentStores } from "./ports";

/** Turns a Deployment's own rollback switch on or off, and says so in its log. */
export class SetRollbackSwitch {
  constructor(private readonly deps: { readonly unitOfWork: UnitOfWork<DeploymentStores>; readonly clock: Clock }) {}

  async execute(command: {
    readonly actor: Actor;
    readonly deploymentId: string;
    readonly enabled: boolean;
  }): Promise<Deployment> {
    const { deploymentId: id, enabled } = command;
    return this.deps.unitOfWork.run(async (stores) => {
      const { deployments, logs, audit } = stores;
      const { deployment, actor } = await lockDeployment(stores, command.actor, { id }, DEPLOYMENT_PERMISSIONS.update);
      await audit.add({
        actor,
        action: "deployment.update_rollback",
        object: auditedDeployment(deployment),
        details: { enabled },
      });
      if (deployment.rollbackEnabled === enabled) return deployment;
      const now = this.deps.clock();
      await deployments.update(deployment.id, { rollbackEnabled: enabled, updatedAt: now });
      await logs.add([
        {
          deploymentId: deployment.id,
          workspaceId: deployment.workspaceId,
          releaseName: deployment.releaseName,
          component: DEPLOY_ROLLBACK,
          message: `${actor.label} turned rollbacks ${enabled ? "on" : "off"}`,
          fields: {
            event: enabled ? "rollback_enabled" : "rollback_disabled",
            actorId: actor.id,
            actorType: actor.type,
          },
          createdAt: now,
        },
      ]);
      return { ...deployment, rollbackEnabled: enabled, updatedAt: now };
    });
  }
}
