import type { Clock } from "../../../kernel/clock";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import type { Actor } from "../../../kernel/permissions";
import { DEPLOYMENT_PERMISSIONS } from "../domain/access";
import { auditedDeployment, type Deployment } from "../domain/deployment";
import { lockDeployment } from "./lock-deployment";
import { DEPLOYMENT_TASKS, type DeploymentStores } from "./ports";

/**
 * Deletes a Deployment with all roles on it, and removes its release. A hard delete removes the deploy history at once;
 * otherwise the clean-up does so some days later. The Deployment is invisible in both cases.
 */
export class DeleteDeployment {
  constructor(
    private readonly deps: {
      readonly unitOfWork: UnitOfWork<DeploymentStores>;
      readonly clock: Clock;
      readonly hardDeleteDeployment: boolean;
    },
  ) {}

  async execute(command: {
    readonly actor: Actor;
    readonly deploymentId: string;
    readonly hard: boolean;
  }): Promise<Deployment> {
    const { deploymentId: id } = command;
    const hard = command.hard || this.deps.hardDeleteDeployment;
    return this.deps.unitOfWork.run(async (stores) => {
      const { deployments, access, outbox, audit } = stores;
      const { deployment, actor } = await lockDeployment(stores, command.actor, { id }, DEPLOYMENT_PERMISSIONS.delete);
      await access.forgetDeployment(deployment.id);
      if (hard) await deployments.delete(deployment.id);
      else await deployments.softDelete(deployment.id, this.deps.clock());
      const { releaseName, namespace } = deployment;
      await outbox.add({
        task: DEPLOYMENT_TASKS.remove,
        payload: { releaseName, namespace, deploymentId: deployment.id },
        queue: deployment.id,
      });
      await audit.add({
        actor,
        action: "deployment.delete",
        object: auditedDeployment(deployment),
        details: { releaseName: deployment.releaseName, hard },
      });
      return deployment;
    });
  }
}
