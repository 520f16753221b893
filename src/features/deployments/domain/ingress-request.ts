import { can, deploymentScope, type Actor } from "../../../kernel/permissions";
import { canSee, DEPLOYMENT_PERMISSIONS } from "./access";

/**
 * A URL of a Deployment, as a proxy in front of it sees it: `/<releaseName>/airflow/…`, `flower`, `dags/upload`,
 * `dags/download`.
 */
export interface IngressRequest {
  readonly releaseName: string;
  readonly target: "airflow" | "flower" | "upload" | "download";
}

/**
 * The caller's role in a Deployment's Airflow. Source: the public 0.35 role reference maps its permissions to the first
 * three; `Public` is Airflow's own role without permissions, for callers who may use another server of the Deployment
 * only.
 */
export type AirflowRole = "Admin" | "User" | "Viewer" | "Public";

const BASE = "http://proxy";
const TARGETS = /^\/([a-z0-9][a-z0-9-]*)\/(?:(airflow|flower)(?:\/.*)?|dags\/(upload|download))$/;

/**
 * Null where the URL, whole or from its path on, leads to no Deployment. Dots are resolved before it is looked at. Some
 * proxies, nginx among them, decode a path and merge its slashes before they resolve it, others do not: it has to lead
 * to the same target for both.
 */
export function ingressRequestOf(url: string): IngressRequest | null {
  if (!URL.canParse(url, BASE)) return null;
  const asWritten = url.replace(/^[a-z]+:\/\/[^/?#]*/i, "").split(/[?#]/, 1)[0] ?? "";
  const [request, decoded] = [requestAt(new URL(url, BASE).pathname), requestAt(decode(asWritten))];
  return request?.releaseName === decoded?.releaseName && request?.target === decoded?.target ? request : null;
}

function requestAt(path: string): IngressRequest | null {
  const [, releaseName, server, dags] = TARGETS.exec(path) ?? [];
  const target = (server ?? dags) as IngressRequest["target"] | undefined;
  return releaseName === undefined || target === undefined ? null : { releaseName, target };
}

/** Decoded once and resolved anew; empty where that cannot be done. */
function decode(path: string): string {
  try {
    const merged = decodeURIComponent(path).replace(/\/{2,}/g, "/");
    // An encoded question mark is part of the path.
    return new URL(`${BASE}${merged.replace(/[?#]/g, "_")}`).pathname;
  } catch {
    return "";
  }
}

/** Null if the caller may not open the Deployment's Airflow. */
export function airflowRoleOf(
  actor: Actor,
  deployment: { readonly id: string; readonly workspaceId: string },
): AirflowRole | null {
  const scope = deploymentScope(deployment);
  if (can(actor, DEPLOYMENT_PERMISSIONS.administerAirflow, scope)) return "Admin";
  if (can(actor, DEPLOYMENT_PERMISSIONS.useAirflow, scope)) return "User";
  return can(actor, DEPLOYMENT_PERMISSIONS.seeAirflow, scope) ? "Viewer" : null;
}

/** Flower can stop workers, so a permission to read is not enough. */
export function mayEnter(
  actor: Actor,
  deployment: { readonly id: string; readonly workspaceId: string },
  target: IngressRequest["target"],
): boolean {
  if (!canSee(actor, deployment)) return false;
  switch (target) {
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
