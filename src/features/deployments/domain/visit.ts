import { can, deploymentScope, type Actor } from "../../../shared/domain/permissions";
import { canSee, DEPLOYMENT_PERMISSIONS } from "./access";

/** A URL of a Deployment, as a proxy in front of it sees it: `/<releaseName>/airflow/…`, `flower`, `dags/upload`, `dags/download`. */
export interface Visit {
  readonly releaseName: string;
  readonly door: "airflow" | "flower" | "upload" | "download";
}

/** What somebody is in a Deployment's Airflow. Source: the public 0.35 role reference maps its permissions to these roles. */
export type AirflowRole = "Admin" | "User" | "Viewer";

const DOORS = /^\/([a-z0-9][a-z0-9-]*)\/(?:(airflow|flower)(?:\/.*)?|dags\/(upload|download))$/;

/** Null where the URL, whole or from its path on, leads to no Deployment. Dots are resolved before it is looked at. */
export function visitOf(url: string): Visit | null {
  const base = "http://proxy";
  if (!URL.canParse(url, base)) return null;
  const [, releaseName, server, dags] = DOORS.exec(new URL(url, base).pathname) ?? [];
  const door = (server ?? dags) as Visit["door"] | undefined;
  return releaseName === undefined || door === undefined ? null : { releaseName, door };
}

export function airflowRoleOf(actor: Actor, deployment: { readonly id: string; readonly workspaceId: string }): AirflowRole | null {
  const scope = deploymentScope(deployment);
  if (can(actor, DEPLOYMENT_PERMISSIONS.administerAirflow, scope)) return "Admin";
  if (can(actor, DEPLOYMENT_PERMISSIONS.useAirflow, scope)) return "User";
  return can(actor, DEPLOYMENT_PERMISSIONS.seeAirflow, scope) ? "Viewer" : null;
}

/** Flower can stop workers, so that looking does not suffice. */
export function mayEnter(actor: Actor, deployment: { readonly id: string; readonly workspaceId: string }, door: Visit["door"]): boolean {
  if (!canSee(actor, deployment)) return false;
  switch (door) {
    case "airflow":
      return airflowRoleOf(actor, deployment) !== null;
    case "flower":
      return can(actor, DEPLOYMENT_PERMISSIONS.useAirflow, deploymentScope(deployment));
    case "upload":
      return can(actor, DEPLOYMENT_PERMISSIONS.pushImage, deploymentScope(deployment));
    case "download":
      return can(actor, DEPLOYMENT_PERMISSIONS.pullImage, deploymentScope(deployment));
  }
}
