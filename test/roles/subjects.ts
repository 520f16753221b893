import rolesTable from "./roles-0.35.json";

/**
 * Role → permissions, as the public 0.35 configuration has them (`default.yaml`, `roles`, its YAML merges
 * resolved). A copy of the tests' own: what the product ships is held to it.
 */
export const ROLES_AT_0_35 = rolesTable as Readonly<Record<string, readonly string[]>>;

/** Role holders, and where the role of each is bound: the system, the own Workspace, or the own Deployment in it. */
export interface Subject {
  readonly kind: "user" | "service account" | "member of a Team";
  readonly role: string;
}

/**
 * What a request is aimed at: the Deployment of the subject's own and its Workspace, another Deployment in
 * the same Workspace, one of another Workspace, or ids that name nothing.
 */
export type Place = "own" | "neighbour" | "other" | "none";

const LEVELS = { system: "SYSTEM_", workspace: "WORKSPACE_", deployment: "DEPLOYMENT_" } as const;
export type Level = keyof typeof LEVELS;

const KINDS = ["user", "service account", "member of a Team"] as const;

/** Everybody who can hold one of the ten roles; USER is what every user has, and neither bound to Teams nor to keys. */
export const SUBJECTS: readonly Subject[] = [
  ...Object.keys(ROLES_AT_0_35)
    .filter((role) => role !== "USER")
    .flatMap((role) => KINDS.map((kind) => ({ kind, role }))),
  { kind: "user", role: "USER" },
];

export const levelOf = ({ role }: Subject): Level | "none" => {
  const found = (Object.keys(LEVELS) as Level[]).find((level) => role.startsWith(LEVELS[level]));
  return found ?? "none";
};

const listed = (role: string, permission: string): boolean => ROLES_AT_0_35[role]?.includes(permission) ?? false;

const TIER: Readonly<Record<string, string>> = {
  WORKSPACE_ADMIN: "DEPLOYMENT_ADMIN",
  WORKSPACE_EDITOR: "DEPLOYMENT_EDITOR",
  WORKSPACE_VIEWER: "DEPLOYMENT_VIEWER",
};

/**
 * Whether the table gives the subject one of the permissions there. A permission counts through a role of its
 * own level, or of the system for everything below it; a Workspace admin acts as the admin of its Deployments,
 * and a Workspace's key has its tier on them (public role reference; CI/CD guide).
 */
export function holds(subject: Subject, permissions: readonly string[], level: Level, place: Place): boolean {
  const { kind, role } = subject;
  return permissions.some((permission) => {
    if ((kind !== "service account" || levelOf(subject) === "system") && listed("USER", permission)) return true;
    switch (levelOf(subject)) {
      case "none":
        return false;
      case "system":
        return listed(role, permission);
      case "workspace": {
        if (level === "system" || !(place === "own" || place === "neighbour")) return false;
        if (permission.startsWith("workspace.")) return listed(role, permission);
        const actsOnDeployments = kind === "service account" || role === "WORKSPACE_ADMIN";
        return (
          permission.startsWith("deployment.") &&
          level === "deployment" &&
          actsOnDeployments &&
          listed(TIER[role] ?? "", permission)
        );
      }
      case "deployment":
        return (
          level === "deployment" && place === "own" && permission.startsWith("deployment.") && listed(role, permission)
        );
    }
  });
}

/** Whether the subject holds everything that the role would give, there. */
export const holdsAllOf = (subject: Subject, role: string, level: Level, place: Place): boolean =>
  (ROLES_AT_0_35[role] ?? []).every((permission) => holds(subject, [permission], level, place));

/** Whoever has a role on a Deployment sees its Workspace too: clients find the one through the other. */
export const seesWorkspace = (subject: Subject, place: Place): boolean =>
  place !== "none" &&
  (holds(subject, ["workspace.config.get", "system.workspace.get"], "workspace", place) ||
    (levelOf(subject) === "deployment" && place !== "other"));

export const seesDeployment = (subject: Subject, place: Place): boolean =>
  place !== "none" &&
  (holds(subject, ["deployment.config.get", "system.deployments.get"], "deployment", place) ||
    holds(subject, ["workspace.deployments.get"], "workspace", place));
