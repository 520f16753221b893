import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import { RoleBinding } from "../../access/graphql";
import type { GraphqlContext } from "../../../infrastructure/graphql/context";
import { canSeeWorkspace } from "../domain/workspace";
import type { WorkspaceLoaders } from "./workspace.loaders";
import { Workspace } from "./workspace.types";

/** What this feature adds to a role binding. */
@Resolver(() => RoleBinding)
export class RoleBindingWorkspaceResolver {
  constructor(private readonly loaders: (context: GraphqlContext) => WorkspaceLoaders) {}

  @FieldResolver(() => Workspace, {
    nullable: true,
    description: "Where the role holds, if it is a Workspace; null also for one that you may not see.",
  })
  async workspace(@Root() { workspaceId }: RoleBinding, @Ctx() context: GraphqlContext): Promise<Workspace | null> {
    // A user's role bindings may be shown to a caller who cannot see all of that user's Workspaces.
    if (workspaceId === null || !canSeeWorkspace(await context.actor(), { id: workspaceId })) return null;
    return this.loaders(context).workspaces.load(workspaceId);
  }
}
