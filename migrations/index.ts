import { DeployHistory1764000000000 } from "./1764000000000-deploy-history";

/** Every migration, oldest first. A merged one is never edited. */
export const migrations = [DeployHistory1764000000000];
