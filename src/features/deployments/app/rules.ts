import type { RuntimeCatalogue } from "../../platform";
import type { MechanismRules } from "../domain/settings";

/** What the installation allows, from its configuration. */
export interface DeploymentRules extends MechanismRules {
  readonly catalogue: RuntimeCatalogue;
  readonly minimumRuntimeVersion: string;
  readonly manualReleaseNames: boolean;
  readonly manualNamespaceNames: boolean;
  readonly hardDeleteDeployment: boolean;
  readonly triggererEnabled: boolean;
  readonly upsertDeployment: boolean;
}
