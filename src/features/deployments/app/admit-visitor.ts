import { Forbidden } from "../../../shared/domain/errors";
import type { Actor } from "../../../shared/domain/permissions";
import { airflowRoleOf, mayEnter, visitOf, type AirflowRole } from "../domain/visit";
import type { DeploymentReadModel } from "./ports";

/** Tells a proxy whether somebody may open a URL of a Deployment. */
export class AdmitVisitor {
  constructor(private readonly deployments: Pick<DeploymentReadModel, "findByReleaseName">) {}

  /**
   * What the actor is in the Deployment's Airflow; null where nothing.
   * @throws Forbidden, also where there is no such Deployment: a proxy knows no other refusal
   */
  async execute(actor: Actor, url: string): Promise<AirflowRole | null> {
    const visit = visitOf(url);
    const deployment = visit && (await this.deployments.findByReleaseName(visit.releaseName));
    if (!deployment || !mayEnter(actor, deployment, visit.door)) throw new Forbidden();
    return airflowRoleOf(actor, deployment);
  }
}
