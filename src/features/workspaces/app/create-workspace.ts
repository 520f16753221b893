import type { Clock } from "../../../kernel/clock";
import { newId } from "../../../kernel/ids";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import { LimitReached } from "../../../kernel/errors";
import { requirePermission, SYSTEM_SCOPE, type Actor } from "../../../kernel/permissions";
import { checkDescription, checkLabel } from "../../../kernel/text";
import { auditedWorkspace, type Workspace } from "../domain/workspace";
import type { WorkspaceTransaction } from "./ports";

export interface CreateWorkspaceCommand {
  readonly actor: Actor;
  readonly label: string;
  readonly description: string | null;
}

/** Creates a Workspace, of which the user who creates it becomes WORKSPACE_ADMIN. Labels need not be unique. */
export class CreateWorkspace {
  constructor(
    private readonly unitOfWork: UnitOfWork<WorkspaceTransaction>,
    private readonly clock: Clock,
    private readonly maxPerUser: number,
  ) {}

  /**
   * @throws Forbidden without system.workspace.create, which every user has, and service accounts through a system role
   * @throws InvalidInput
   * @throws LimitReached to a user without a system role who administers as many Workspaces as one may
   */
  async execute({ actor, label, description }: CreateWorkspaceCommand): Promise<Workspace> {
    requirePermission(actor, "system.workspace.create", SYSTEM_SCOPE);
    const now = this.clock();
    const workspace: Workspace = {
      id: newId(),
      label: checkLabel(label),
      description: checkDescription(description),
      createdAt: now,
      updatedAt: now,
    };
    return this.unitOfWork.run(async ({ workspaces, access, audit }) => {
      if (actor.type === "USER" && !holdsSystemRole(actor)) {
        // The lock makes creations at the same time wait, and see each other.
        await access.lockUser(actor.id);
        const count = await access.countAdministeredWorkspaces(actor.id);
        if (count >= this.maxPerUser)
          throw new LimitReached(
            "You administer as many Workspaces as a user may",
            this.maxPerUser,
            "workspacesPerUser",
          );
      }
      await workspaces.add(workspace);
      if (actor.type === "USER") {
        await access.bindUser(actor.id, { role: "WORKSPACE_ADMIN", workspaceId: workspace.id, deploymentId: null });
      }
      await audit.add({ actor, action: "workspace.create", object: auditedWorkspace(workspace) });
      return workspace;
    });
  }
}

/** Every user has one grant on the system by being a user; each system role adds another. */
const holdsSystemRole = ({ grants }: Actor): boolean =>
  grants.filter(({ reach }) => reach.kind === "system").length > 1;
