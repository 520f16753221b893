import type { Deployment } from "../../deployments";
import { ContentQuarantined, holdAgainst, type HeldContent, type Hold } from "../../holds";
import type { DeployRevision } from "../domain/deploy-revision";
import type { DeployStores } from "./ports";

type WithContent = Pick<
  DeployRevision,
  "deploymentId" | "imageRepository" | "imageTag" | "imageDigest" | "dagTarballVersion"
>;

/** Finds the checksum of the DAG bundle that a revision names; null where there is none. */
export type FindChecksum = (revision: WithContent & { readonly dagTarballVersion: string }) => Promise<string | null>;

/** The checksums of stored bundles, read inside the transaction. */
export const checksumsIn =
  ({ bundles }: Pick<DeployStores, "bundles">): FindChecksum =>
  async ({ deploymentId, dagTarballVersion }) =>
    (await bundles.find(deploymentId, dagTarballVersion))?.sha256 ?? null;

/** A revision's content in the terms of holds. */
export async function heldContentOf(revision: WithContent, findChecksum: FindChecksum): Promise<HeldContent> {
  const { imageRepository, imageTag, imageDigest, dagTarballVersion } = revision;
  const dagBundleSha256 = dagTarballVersion === null ? null : await findChecksum({ ...revision, dagTarballVersion });
  return { imageRepository, imageTag, imageDigest, dagBundleSha256 };
}

/** @throws ContentQuarantined if a hold stands against deploying the content */
export function refuseHeld(deployment: Deployment, holds: readonly Hold[], content: HeldContent): void {
  const hold = holdAgainst(holds, content);
  if (hold !== null) throw new ContentQuarantined(hold, deployment);
}
