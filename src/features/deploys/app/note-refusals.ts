import { ContentQuarantined, holdLogLine } from "../../holds";
import type { Clock } from "../../../kernel/clock";
import type { Actor } from "../../../kernel/permissions";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import { auditedDeployment } from "../../deployments";
import type { DeployTrigger } from "../domain/deploy-revision";
import type { DeployStores } from "./ports";

/** Records deploys that a quarantine refuses, in the Deployment's log and in the audit trail. */
export class NoteRefusals {
  constructor(private readonly deps: { readonly unitOfWork: UnitOfWork<DeployStores>; readonly clock: Clock }) {}

  /** Runs a deploy with transactions of its own, and passes its result or error on. */
  async around<T>(actor: Actor, trigger: DeployTrigger, deploy: () => Promise<T>): Promise<T> {
    try {
      return await deploy();
    } catch (error) {
      // In a transaction of its own: the deploy's has been rolled back.
      if (error instanceof ContentQuarantined) await this.note(actor, trigger, error);
      throw error;
    }
  }

  private async note(actor: Actor, trigger: DeployTrigger, error: ContentQuarantined): Promise<void> {
    const { unitOfWork, clock } = this.deps;
    const { hold, deployment } = error;
    await unitOfWork.run(async ({ logs, audit }) => {
      const what = { event: "deploy_refused", error, trigger } as const;
      await logs.add([holdLogLine(deployment, hold, { what, by: actor, at: clock() })]);
      await audit.add({
        actor,
        action: "deployment.refuse_deploy",
        object: auditedDeployment(deployment),
        details: { quarantineId: hold.id, trigger },
      });
    });
  }
}
