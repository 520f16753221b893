import { Arg, Ctx, Mutation, Query, Resolver } from "type-graphql";
import type { Role as RoleName, ServiceAccounts } from "../../access";
import { presentServiceAccount, Role, ServiceAccount } from "../../access/graphql";
import { MaxItems } from "../../../infrastructure/graphql/declared-costs";
import { workspaceScope, type Actor, type Scope } from "../../../kernel/permissions";
import type { GraphqlContext } from "../../../infrastructure/graphql/context";
import { DateTime, Uuid } from "../../../infrastructure/graphql/scalars";
import type { Instant } from "../../../kernel/instant";
import type { FindWorkspaces } from "../app/find-workspaces";

@Resolver()
export class WorkspaceServiceAccountResolver {
  constructor(
    private readonly reads: FindWorkspaces,
    private readonly serviceAccounts: ServiceAccounts,
  ) {}

  @MaxItems(100)
  @Query(() => [ServiceAccount], {
    nullable: true,
    description:
      "Service accounts with a role in the Workspace. Requires workspace.serviceAccounts.get there, or system.serviceAccounts.get.",
  })
  async workspaceServiceAccounts(
    @Ctx() context: GraphqlContext,
    @Arg("workspaceUuid", () => Uuid, { description: "Which Workspace." }) workspaceId: string,
  ): Promise<ServiceAccount[]> {
    const actor = await context.actor();
    const accounts = await this.serviceAccounts.list(actor, await this.visibleScope(actor, workspaceId));
    return accounts.map((account) => presentServiceAccount(account));
  }

  @Mutation(() => ServiceAccount, {
    nullable: true,
    description:
      "Creates a service account with a role in the Workspace. Requires workspace.serviceAccounts.create there, or system.serviceAccounts.create, and every permission that the role grants.",
  })
  async createWorkspaceServiceAccount(
    @Ctx() context: GraphqlContext,
    @Arg("workspaceUuid", () => Uuid, { description: "Which Workspace." }) workspaceId: string,
    @Arg("label", () => String, { description: "What it is for." }) label: string,
    @Arg("role", () => Role, { description: "A WORKSPACE_… role." }) role: RoleName,
    @Arg("category", () => String, { nullable: true, description: "A grouping of your choice." })
    category?: string | null,
    @Arg("expiresAt", () => DateTime, {
      nullable: true,
      description: "When the key ends by itself; absent or null is never, or the installation's max age of keys.",
    })
    expiresAt?: Instant | null,
  ): Promise<ServiceAccount> {
    const actor = await context.actor();
    const scope = await this.visibleScope(actor, workspaceId);
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
      "Changes what is given of a service account of the Workspace; its key stays. Requires workspace.serviceAccounts.update there, or system.serviceAccounts.update, and for a new role every permission that it grants.",
  })
  async updateWorkspaceServiceAccount(
    @Ctx() context: GraphqlContext,
    @Arg("workspaceUuid", () => Uuid, { description: "Which Workspace." }) workspaceId: string,
    @Arg("serviceAccountUuid", () => Uuid, { description: "Which service account." }) id: string,
    @Arg("label", () => String, { nullable: true, description: "What it is for; absent keeps." }) label?: string | null,
    @Arg("category", () => String, {
      nullable: true,
      description: "A grouping of your choice; absent keeps, null clears.",
    })
    category?: string | null,
    @Arg("role", () => Role, {
      nullable: true,
      description: "A WORKSPACE_… role in place of the one that it has; absent keeps.",
    })
    role?: RoleName | null,
  ): Promise<ServiceAccount> {
    const actor = await context.actor();
    const scope = await this.visibleScope(actor, workspaceId);
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
    description:
      "Deletes a service account of the Workspace; its key is refused from then on. Requires workspace.serviceAccounts.delete there, or system.serviceAccounts.delete.",
  })
  async deleteWorkspaceServiceAccount(
    @Ctx() context: GraphqlContext,
    @Arg("workspaceUuid", () => Uuid, { description: "Which Workspace." }) workspaceId: string,
    @Arg("serviceAccountUuid", () => Uuid, { description: "Which service account." }) id: string,
  ): Promise<ServiceAccount> {
    const actor = await context.actor();
    const scope = await this.visibleScope(actor, workspaceId);
    return presentServiceAccount(await this.serviceAccounts.delete(actor, scope, id));
  }

  private async visibleScope(actor: Actor, workspaceId: string): Promise<Scope> {
    const { id } = await this.reads.requireVisibleWorkspace(actor, workspaceId);
    return workspaceScope(id);
  }
}
