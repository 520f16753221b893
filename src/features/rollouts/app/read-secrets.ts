import { SecretUnreadable, type Deployment, type DeploymentSecrets } from "../../deployments";
import { RolloutRejected } from "./rollout-driver";

/** @throws RolloutRejected if a secret cannot be decrypted: trying again cannot help */
export type ReadSecrets = (deployment: Deployment) => DeploymentSecrets;

export const readSecrets =
  (secretsOf: (deployment: Deployment) => DeploymentSecrets): ReadSecrets =>
  (deployment) => {
    try {
      return secretsOf(deployment);
    } catch (error) {
      if (!(error instanceof SecretUnreadable)) throw error;
      throw new RolloutRejected(
        `A secret of ${deployment.releaseName} cannot be decrypted: ${error.message}. Set it anew, or bring its key back`,
        { cause: error },
      );
    }
  };
