import { canSee, DEPLOYMENT_PERMISSIONS } from "../../deployments/domain";
import { InvalidInput } from "../../../kernel/errors";
import { can, deploymentScope, SYSTEM_SCOPE, type Actor } from "../../../kernel/permissions";

const ACTIONS = ["pull", "push", "delete"] as const;
export type RepositoryAction = (typeof ACTIONS)[number];

const isAction = (text: string): text is RepositoryAction => (ACTIONS as readonly string[]).includes(text);

/**
 * What a token opens, or is asked to open: an entry of the `access` claim of the Distribution project's token
 * authentication.
 */
export interface RepositoryAccess {
  readonly name: string;
  readonly actions: readonly RepositoryAction[];
}

const MAX_SCOPES = 200;
const MAX_SCOPE_LENGTH = 1_000;
/** `repository(class):name:action,action`; the class says what is stored there and is of no interest. */
const SCOPE = /^([a-z0-9]+)(?:\([a-z0-9]+\))?:(.+):([a-z*,]*)$/;
const PUSH_BASE_IMAGE = "system.registryBaseImages.push";
/** The public 0.35 configuration gives it to SYSTEM_ADMIN alone. */
const DELETE_IMAGE = "system.deployments.images.push";

/**
 * The repositories in a token request's `scope` parameters, each of which may hold several separated by spaces.
 * Names that are no repository, and actions other than these three, are left out: they are never granted.
 * Source: the Distribution project's token scope documentation.
 * @throws InvalidInput
 */
export function parseScopes(parameters: readonly string[]): RepositoryAccess[] {
  const scopes = parameters.flatMap((text) => text.split(" ")).filter((text) => text !== "");
  if (scopes.length > MAX_SCOPES) throw new InvalidInput("scope", `names more than ${MAX_SCOPES} resources`);
  const wanted = new Map<string, Set<RepositoryAction>>();
  for (const scope of scopes) {
    const [, type, name = "", actions = ""] = scope.length > MAX_SCOPE_LENGTH ? [] : (SCOPE.exec(scope) ?? []);
    if (type === undefined) throw new InvalidInput("scope", "has to look like repository:name:pull,push");
    if (type !== "repository") continue;
    const known = wanted.get(name) ?? new Set();
    for (const action of actions.split(",")) if (isAction(action)) known.add(action);
    wanted.set(name, known);
  }
  return [...wanted].map(([name, actions]) => ({ name, actions: [...actions] }));
}

/** All users may pull base images. Pushing and deleting them require the same permission. */
export const mayUseBaseImage = (actor: Actor, action: RepositoryAction): boolean =>
  action === "pull" || can(actor, PUSH_BASE_IMAGE, SYSTEM_SCOPE);

/**
 * Only administrators of the system may delete: a deleted image cannot be rolled back to, and the registry does not
 * report deletions.
 */
export const mayUseRepositoryOf = (
  deployment: { readonly id: string; readonly workspaceId: string },
  actor: Actor,
  action: RepositoryAction,
): boolean =>
  action === "delete"
    ? can(actor, DELETE_IMAGE, SYSTEM_SCOPE)
    : canSee(actor, deployment) &&
      can(
        actor,
        action === "pull" ? DEPLOYMENT_PERMISSIONS.pullImage : DEPLOYMENT_PERMISSIONS.pushImage,
        deploymentScope(deployment),
      );
