import type { DeploymentStores, VisibleDeployments } from "../../deployments";
import type { Hold } from "../domain/hold";

/** Holds inside a transaction. Whoever reads or writes them holds the Deployment's lock. */
export interface HoldStore {
  /** Newest first. */
  ofDeployment(deploymentId: string): Promise<Hold[]>;
  find(id: string): Promise<Hold | null>;
  /** The id of its Deployment; null also for a hold of a Deployment that is not visible. */
  deploymentOf(id: string, among: VisibleDeployments): Promise<string | null>;
  add(hold: Hold): Promise<void>;
  remove(id: string): Promise<void>;
}

export interface HoldStores extends DeploymentStores {
  readonly holds: HoldStore;
}

/** Reads outside of transactions. */
export interface HoldReadModel {
  /** Newest first. */
  ofDeployments(deploymentIds: readonly string[]): Promise<Hold[]>;
}

export interface HoldSettings {
  /** Whether a service account may lift a hold, and not only a person. */
  readonly serviceAccountsMayLift: boolean;
  /** Max holds of one Deployment. */
  readonly maxHolds: number;
}
