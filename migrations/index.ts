import { DeployHistory1764000000000 } from "./1764000000000-deploy-history";
import { DagBundles1764100000000 } from "./1764100000000-dag-bundles";

/** Every migration, oldest first. A merged one is never edited. */
export const migrations = [DeployHistory1764000000000, DagBundles1764100000000];
