import type { AirflowImages, RuntimeCatalogue } from "../../runtimes";
import type { NamespaceRules } from "../domain/namespaces";
import type { ResourceRules } from "../domain/components";
import type { MechanismRules } from "../domain/settings";

/** What the installation allows, from its configuration. */
export interface DeploymentRules extends MechanismRules, NamespaceRules, ResourceRules {
  readonly catalogue: RuntimeCatalogue;
  readonly airflowImages: AirflowImages;
  readonly deploymentsPerWorkspace: number;
  readonly minimumRuntimeVersion: string;
  readonly allowUnknownRuntimeVersions: boolean;
  readonly manualReleaseNames: boolean;
  readonly hardDeleteDeployment: boolean;
  readonly upsertDeployment: boolean;
}
