import { Arg, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from "type-graphql";
import { RoleBinding, User } from "../../access/graphql";
import { requirePermission, workspaceScope } from "../../../shared/domain/permissions";
import type { GraphqlContext } from "../../../shared/graphql/context";
import { Json, Uuid } from "../../../shared/graphql/scalars";
import type { CreateWorkspace } from "../app/create-workspace";
import type { DeleteWorkspace } from "../app/delete-workspace";
import type { FindWorkspaces } from "../app/find-workspaces";
import type { UpdateWorkspace } from "../app/update-workspace";
import type { WorkspaceLoaders } from "./workspace.loaders";
import { Workspace } from "./workspace.types";

@Resolver(() => Workspace)
export class WorkspaceResolver {
  constructor(
    private readonly deps: {
      readonly reads: FindWorkspaces;
      readonly createWorkspace: CreateWorkspace;
      readonly updateWorkspace: UpdateWorkspace;
      readonly deleteWorkspace: DeleteWorkspace;
      readonly loaders: (context: GraphqlContext) => WorkspaceLoaders;
    },
  ) {}

  @Query(() => Workspace, { nullable: true, description: "One Workspace; an error if there is none that you may see." })
  async workspace(
    @Ctx() context: GraphqlContext,
    @Arg("workspaceUuid", () => Uuid, { description: "Which one." }) id: string,
  ): Promise<Workspace> {
    return this.deps.reads.requireVisibleWorkspace(await context.actor(), id);
  }

  @Query(() => [Workspace], { nullable: true, description: "The Workspaces that you may see, by label. System roles see all." })
  async workspaces(
    @Ctx() context: GraphqlContext,
    @Arg("label", () => String, { nullable: true, description: "Only those with this in their label, in either case." })
    label?: string | null,
  ): Promise<Workspace[]> {
    return this.deps.reads.visibleTo(await context.actor(), label || undefined);
  }

  @Query(() => [Workspace], { nullable: true, description: "Every Workspace, by label. Takes system.workspace.get." })
  async sysWorkspaces(@Ctx() context: GraphqlContext): Promise<Workspace[]> {
    return this.deps.reads.all(await context.actor());
  }

  @Mutation(() => Workspace, {
    nullable: true,
    description:
      "Creates a Workspace and makes you its WORKSPACE_ADMIN, from the next request on. Takes system.workspace.create, which every user has.",
  })
  async createWorkspace(
    @Ctx() context: GraphqlContext,
    @Arg("label", () => String, { description: "1 to 190 characters." }) label: string,
    @Arg("description", () => String, { nullable: true, description: "What it is for, in at most 1000 characters." })
    description?: string | null,
  ): Promise<Workspace> {
    return this.deps.createWorkspace.execute({ actor: await context.actor(), label, description: description ?? null });
  }

  @Mutation(() => Workspace, {
    nullable: true,
    description: "Changes a Workspace. Takes workspace.config.update there, or system.workspace.update.",
  })
  async updateWorkspace(
    @Ctx() context: GraphqlContext,
    @Arg("workspaceUuid", () => Uuid, { description: "Which one." }) workspaceId: string,
    @Arg("payload", () => Json, {
      description: "An object with label, description or both; absent keeps, and a description of null goes. Other keys are ignored.",
    })
    payload: unknown,
  ): Promise<Workspace> {
    return this.deps.updateWorkspace.execute({ actor: await context.actor(), workspaceId, payload });
  }

  @Mutation(() => Workspace, {
    nullable: true,
    description:
      "Deletes a Workspace that has no Deployments, with every role and service account on it. Takes workspace.config.delete there, or system.workspace.delete.",
  })
  async deleteWorkspace(
    @Ctx() context: GraphqlContext,
    @Arg("workspaceUuid", () => Uuid, { description: "Which one." }) workspaceId: string,
  ): Promise<Workspace> {
    return this.deps.deleteWorkspace.execute({ actor: await context.actor(), workspaceId });
  }

  @FieldResolver(() => [User], { nullable: true, description: "Who has a role in it, by user name. Takes workspace.users.get there." })
  async users(@Root() { id }: Workspace, @Ctx() context: GraphqlContext): Promise<User[]> {
    requirePermission(await context.actor(), "workspace.users.get", workspaceScope(id));
    return this.deps.loaders(context).usersByWorkspace.load(id);
  }

  @FieldResolver(() => [RoleBinding], {
    nullable: true,
    description: "Every role in it, of users and of service accounts. Takes workspace.users.get there.",
  })
  async roleBindings(@Root() { id }: Workspace, @Ctx() context: GraphqlContext): Promise<RoleBinding[]> {
    requirePermission(await context.actor(), "workspace.users.get", workspaceScope(id));
    return this.deps.loaders(context).bindingsByWorkspace.load(id);
  }
}
