import { createContext, useContext } from "react";
import type { Head } from "../../lib/queries";

const DeploymentContext = createContext<Head | null>(null);

export const DeploymentProvider = DeploymentContext.Provider;

/** The Deployment whose page this is. */
export function useDeployment(): Head {
  const head = useContext(DeploymentContext);
  if (head === null) throw new Error("not on a page of a Deployment");
  return head;
}

/** Returns the newest revision, whatever became of it. */
export function newestOf(head: Head): Head["deployRevisions"]["nodes"][number] | undefined {
  return head.deployRevisions.nodes[0];
}

export function executorOf(head: Head): string | null {
  const executor = (head.config as { executor?: unknown } | null)?.executor;
  return typeof executor === "string" ? executor : null;
}
