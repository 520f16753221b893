import { Forbidden } from "../../../kernel/errors";
import type { Actor } from "../../../kernel/permissions";
import { ingressTarget, type IngressUrlHeader } from "../domain/ingress-url";
import { airflowRoleOf, mayEnter, type AirflowRole } from "../domain/ingress-request";
import type { DeploymentReadModel } from "./ports";

/** Decides for a proxy whether the caller may open a URL of a Deployment. */
export class AuthorizeIngress {
  constructor(private readonly deployments: Pick<DeploymentReadModel, "findByReleaseName">) {}

  /**
   * Returns the caller's role in the Deployment's Airflow.
   * @throws Forbidden, also where there is no such Deployment: a proxy knows no other refusal
   */
  async execute(
    actor: Actor,
    urls: Readonly<Record<IngressUrlHeader, readonly string[]>>,
    expected?: IngressUrlHeader,
  ): Promise<AirflowRole> {
    const request = ingressTarget(urls, expected);
    const deployment = request && (await this.deployments.findByReleaseName(request.releaseName));
    if (!deployment || !mayEnter(actor, deployment, request.target)) throw new Forbidden();
    return airflowRoleOf(actor, deployment) ?? "Public";
  }
}
