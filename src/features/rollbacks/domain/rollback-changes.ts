import { runningImage, type DefaultRepositories, type DeployContent } from "../../deploys/domain";

export interface RollbackChange {
  readonly field: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly changed: boolean;
}

/**
 * What a rollback restores, each with its value before and after. Of a revision without an image of its own it is the
 * image of its version.
 */
export function rollbackChanges(
  from: DeployContent,
  to: DeployContent,
  repositories: DefaultRepositories,
): RollbackChange[] {
  const change = (field: string, before: string | null, after: string | null): RollbackChange => ({
    field,
    from: before,
    to: after,
    changed: before !== after,
  });
  return [
    change("image", runningImage(from, repositories), runningImage(to, repositories)),
    change("runtimeVersion", from.runtimeVersion, to.runtimeVersion),
    change("airflowVersion", from.airflowVersion, to.airflowVersion),
    change("dagDeploymentType", from.dagDeploymentType, to.dagDeploymentType),
    change("dagTarballVersion", from.dagTarballVersion, to.dagTarballVersion),
  ];
}

/** Settings that a rollback leaves alone. Source: the platform's public page on deploy rollbacks. */
export const UNCHANGED_BY_ROLLBACK = [
  "label",
  "description",
  "executor",
  "resources and replicas of all components",
  "environment variables",
  "config and properties",
  "cloud role",
  "role bindings and service accounts",
  "rollback switch",
] as const;
