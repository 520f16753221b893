import { Arg, Ctx, Mutation, Query, Resolver } from "type-graphql";
import type { Role as RoleName, ServiceAccounts } from "../../access";
import { presentServiceAccount, Role, ServiceAccount } from "../../access/graphql";
import { MaxItems } from "../../../infrastructure/graphql/declared-costs";
import { deploymentScope, type Actor, type Scope } from "../../../kernel/permissions";
import type { GraphqlContext } from "../../../infrastructure/graphql/context";
import { DateTime, Uuid } from "../../../infrastructure/graphql/scalars";
import type { Instant } from "../../../kernel/instant";
import type { DeploymentQueries } from "../app/deployment-queries";

@Resolver()
export class DeploymentServiceAccountResolver {
  constructor(
    private readonly queries: DeploymentQueries,
    private readonly serviceAccounts: ServiceAccounts,
  ) {}

  @MaxItems(100)
  @Query(() => [ServiceAccount], {
    nullable: true,
    description: "Service accounts of a Deployment. Requires deployment.serviceAccounts.get.",
  })
  async deploymentServiceAccounts(
    @Ctx() context: GraphqlContext,
    @Arg("deploymentUuid", () => Uuid, { description: "Which Deployment." }) deploymentId: string,
  ): Promise<ServiceAccount[]> {
    const actor = await context.actor();
    const accounts = await this.serviceAccounts.list(actor, await this.scopeOf(actor, deploymentId));
    return accounts.map((account) => presentServiceAccount(account));
  }

  @Mutation(() => ServiceAccount, {
    nullable: true,
    description:
      "Creates a service account with a role on one Deployment. Requires deployment.serviceAccounts.create, and every permission that the role grants.",
  })
  async createDeploymentServiceAccount(
    @Ctx() context: GraphqlContext,
    @Arg("label", () => String, { description: "What it is for." }) label: string,
    @Arg("category", () => String, { nullable: true, description: "A grouping of your choice." })
    category: string | null | undefined,
    @Arg("deploymentUuid", () => Uuid, { description: "Which Deployment." }) deploymentId: string,
    @Arg("role", () => Role, { description: "A DEPLOYMENT_… role." }) role: RoleName,
    @Arg("expiresAt", () => DateTime, {
      nullable: true,
      description: "When the key ends by itself; absent or null is never, or the installation's max age of keys.",
    })
    expiresAt?: Instant | null,
  ): Promise<ServiceAccount> {
    const actor = await context.actor();
    const scope = await this.scopeOf(actor, deploymentId);
    const { account, apiKey } = await this.serviceAccounts.create({
      actor,
      scope,
      label,
      role,
      category: category ?? undefined,
      expiresAt,
    });
    return presentServiceAccount(account, apiKey);
  }

  @Mutation(() => ServiceAccount, {
    nullable: true,
    description:
      "Changes what is given of a service account of a Deployment; its key stays. Requires deployment.serviceAccounts.update, or system.serviceAccounts.update, and for a new role every permission that it grants.",
  })
  async updateDeploymentServiceAccount(
    @Ctx() context: GraphqlContext,
    @Arg("deploymentUuid", () => Uuid, { description: "The Deployment that it belongs to." }) deploymentId: string,
    @Arg("serviceAccountUuid", () => Uuid, { description: "Which service account." }) id: string,
    @Arg("label", () => String, { nullable: true, description: "What it is for; absent keeps." }) label?: string | null,
    @Arg("category", () => String, {
      nullable: true,
      description: "A grouping of your choice; absent keeps, null clears.",
    })
    category?: string | null,
    @Arg("role", () => Role, {
      nullable: true,
      description: "A DEPLOYMENT_… role in place of the one that it has; absent keeps.",
    })
    role?: RoleName | null,
  ): Promise<ServiceAccount> {
    const actor = await context.actor();
    const scope = await this.scopeOf(actor, deploymentId);
    return presentServiceAccount(
      await this.serviceAccounts.update({
        actor,
        scope,
        id,
        label: label ?? undefined,
        category,
        role: role ?? undefined,
      }),
    );
  }

  @Mutation(() => ServiceAccount, {
    nullable: true,
    description: "Deletes a service account of a Deployment; its key is refused from then on.",
  })
  async deleteDeploymentServiceAccount(
    @Ctx() context: GraphqlContext,
    @Arg("serviceAccountUuid", () => Uuid, { description: "Which one." }) id: string,
    @Arg("deploymentUuid", () => Uuid, { description: "The Deployment that it belongs to." }) deploymentId: string,
  ): Promise<ServiceAccount> {
    const actor = await context.actor();
    const scope = await this.scopeOf(actor, deploymentId);
    return presentServiceAccount(await this.serviceAccounts.delete(actor, scope, id));
  }

  private async scopeOf(actor: Actor, deploymentId: string): Promise<Scope> {
    return deploymentScope(await this.queries.find(actor, { id: deploymentId }));
  }
}
