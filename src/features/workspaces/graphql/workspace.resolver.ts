import { Arg, Ctx, FieldResolver, Int, Mutation, Query, Resolver, Root } from "type-graphql";
import { serviceAccountPermissions } from "../../access";
import { RoleBinding, User, visibleBindings } from "../../access/graphql";
import { MaxItems } from "../../../infrastructure/graphql/declared-costs";
import type { GraphqlContext } from "../../../infrastructure/graphql/context";
import { Json, Uuid } from "../../../infrastructure/graphql/scalars";
import type { CreateWorkspace } from "../app/create-workspace";
import type { DeleteWorkspace } from "../app/delete-workspace";
import type { FindWorkspaces } from "../app/find-workspaces";
import type { UpdateWorkspace } from "../app/update-workspace";
import { can, workspaceScope } from "../../../kernel/permissions";
import { canSeeMembers, SEE_SERVICE_ACCOUNTS, SEE_TEAMS, workspacePermissions } from "../domain/workspace";
import type { WorkspaceLoaders } from "./workspace.loaders";
import { Workspace } from "./workspace.types";

const PAGE = 20;

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

  @MaxItems(100)
  @Query(() => [Workspace], {
    nullable: true,
    description:
      "The Workspaces that you may see, by label: those where you have a role, or a role on a Deployment. System roles see all.",
  })
  async workspaces(
    @Ctx() context: GraphqlContext,
    @Arg("label", () => String, { nullable: true, description: "Only those with this in their label, in either case." })
    label?: string | null,
  ): Promise<Workspace[]> {
    return this.deps.reads.visibleTo(await context.actor(), label || undefined);
  }

  @MaxItems(100)
  @Query(() => [Workspace], { nullable: true, description: "The same, page by page." })
  async paginatedWorkspaces(
    @Ctx() context: GraphqlContext,
    @Arg("take", () => Int, {
      nullable: true,
      description: "How many, up to pagination.workspace.maxTake; 20 without it.",
    })
    take?: number | null,
    @Arg("pageNumber", () => Int, { nullable: true, description: "Which page, counted from 0." })
    pageNumber?: number | null,
  ): Promise<Workspace[]> {
    return this.deps.reads.pageVisibleTo(await context.actor(), { take: take ?? PAGE, pageNumber: pageNumber ?? 0 });
  }

  @MaxItems(100)
  @Query(() => [Workspace], {
    nullable: true,
    description: "Every Workspace, by label. Requires system.workspace.get.",
  })
  async sysWorkspaces(@Ctx() context: GraphqlContext): Promise<Workspace[]> {
    return this.deps.reads.all(await context.actor());
  }

  @Mutation(() => Workspace, {
    nullable: true,
    description:
      "Creates a Workspace and makes you its WORKSPACE_ADMIN, from the next request on. Requires system.workspace.create, which every user has.",
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
    description: "Changes a Workspace. Requires workspace.config.update there, or system.workspace.update.",
  })
  async updateWorkspace(
    @Ctx() context: GraphqlContext,
    @Arg("workspaceUuid", () => Uuid, { description: "Which one." }) workspaceId: string,
    @Arg("payload", () => Json, {
      description:
        "An object with label, description or both; absent keeps, and a description of null goes. Other keys are ignored.",
    })
    payload: unknown,
  ): Promise<Workspace> {
    return this.deps.updateWorkspace.execute({ actor: await context.actor(), workspaceId, payload });
  }

  @Mutation(() => Workspace, {
    nullable: true,
    description:
      "Deletes a Workspace that has no Deployments, with every role and service account on it. Requires workspace.config.delete there, or system.workspace.delete.",
  })
  async deleteWorkspace(
    @Ctx() context: GraphqlContext,
    @Arg("workspaceUuid", () => Uuid, { description: "Which one." }) workspaceId: string,
  ): Promise<Workspace> {
    return this.deps.deleteWorkspace.execute({ actor: await context.actor(), workspaceId });
  }

  @MaxItems(50)
  @FieldResolver(() => [String], {
    description:
      "The permissions that you hold on it, such as workspace.config.update, sorted. Those of its Deployments are fields of them.",
  })
  async permissions(@Root() workspace: Workspace, @Ctx() context: GraphqlContext): Promise<string[]> {
    const more = serviceAccountPermissions(workspaceScope(workspace.id));
    return workspacePermissions(await context.actor(), workspace, more);
  }

  @MaxItems(20)
  @FieldResolver(() => [User], {
    nullable: true,
    description: "Who has a role in it, by user name; null without workspace.users.get there.",
  })
  async users(@Root() workspace: Workspace, @Ctx() context: GraphqlContext): Promise<User[] | null> {
    return canSeeMembers(await context.actor(), workspace)
      ? this.deps.loaders(context).usersByWorkspace.load(workspace.id)
      : null;
  }

  @MaxItems(10)
  @FieldResolver(() => [RoleBinding], {
    nullable: true,
    description:
      "Every role in it, of users, Teams and service accounts; null without workspace.users.get there. Those of Teams take workspace.teams.get, and those of service accounts workspace.serviceAccounts.get.",
  })
  async roleBindings(@Root() workspace: Workspace, @Ctx() context: GraphqlContext): Promise<RoleBinding[] | null> {
    const actor = await context.actor();
    if (!canSeeMembers(actor, workspace)) return null;
    const scope = workspaceScope(workspace.id);
    return visibleBindings(await this.deps.loaders(context).bindingsByWorkspace.load(workspace.id), {
      teams: can(actor, SEE_TEAMS, scope),
      serviceAccounts: can(actor, SEE_SERVICE_ACCOUNTS, scope),
    });
  }
}
