import { actorName } from "../../access";
import type { Deployment, DeploymentReadModel } from "../../deployments";
import type { Actor } from "../../../kernel/permissions";
import { releaseNameOf } from "../domain/repository";
import {
  mayUseBaseImage,
  mayUseRepositoryOf,
  parseScopes,
  type RepositoryAccess,
  type RepositoryAction,
} from "../domain/token-access";
import type { RegistryToken, RegistryTokens } from "./ports";

/** Gives out tokens for the registry. */
export class GrantAccess {
  constructor(
    private readonly deps: {
      readonly deployments: Pick<DeploymentReadModel, "findManyByReleaseName">;
      readonly tokens: RegistryTokens;
      readonly baseImages: readonly string[];
      /** Deployments beside the first whose repositories one token may open. */
      readonly maxExtraDeployments: number;
    },
  ) {}

  /**
   * Returns a token for those of the requested actions that the actor may do. They may be none: the registry then
   * refuses, and a client that only signs in requests none.
   * @throws InvalidInput where a scope is malformed
   */
  async execute(actor: Actor, scopes: readonly string[]): Promise<RegistryToken> {
    const wanted = parseScopes(scopes);
    const deployments = await this.deploymentsOf(wanted);
    const granted = wanted.map(({ name, actions }) => ({
      name,
      actions: actions.filter((action) => this.may(actor, action, name, deployments)),
    }));
    return this.deps.tokens.issue(
      actorName(actor),
      granted.filter(({ actions }) => actions.length > 0),
    );
  }

  private may(
    actor: Actor,
    action: RepositoryAction,
    name: string,
    deployments: ReadonlyMap<string, Deployment>,
  ): boolean {
    if (this.deps.baseImages.includes(name)) return mayUseBaseImage(actor, action);
    const deployment = deployments.get(releaseNameOf(name) ?? "");
    return deployment !== undefined && mayUseRepositoryOf(deployment, actor, action);
  }

  private async deploymentsOf(wanted: readonly RepositoryAccess[]): Promise<ReadonlyMap<string, Deployment>> {
    const releaseNames = wanted.map(({ name }) => releaseNameOf(name)).filter((name) => name !== null);
    if (releaseNames.length === 0) return new Map();
    const found = await this.deps.deployments.findManyByReleaseName(
      releaseNames.slice(0, 1 + this.deps.maxExtraDeployments),
    );
    return new Map(found.map((deployment) => [deployment.releaseName, deployment]));
  }
}
