import type { BundleState, DagBundle } from "../../bundles";
import type { DeployLoaders } from "../../deploys/graphql";
import type { GraphqlContext } from "../../../infrastructure/graphql/context";
import type { CandidateSources } from "../app/last-known-good";

export interface TargetLookUps {
  /** Whether a bundle is stored, without reading it; null if that is unknown, or the check is off. */
  readonly checkPresence: (bundle: DagBundle) => Promise<BundleState | null>;
  readonly loaders: (context: GraphqlContext) => DeployLoaders;
}

/**
 * Looks up targets of rollbacks for fields that are requested for many revisions: it reads no bundle and asks no
 * registry.
 */
export function lookUpTargets(
  { checkPresence, loaders }: TargetLookUps,
  context: GraphqlContext,
): Pick<CandidateSources, "findChecksum" | "inspect"> {
  const { bundles } = loaders(context);
  return {
    findChecksum: async (revision) => (await bundles.load(revision))?.sha256 ?? null,
    inspect: async (target) => {
      const bundle = target.dagTarballVersion === null ? null : await bundles.load(target);
      return { bundle: bundle && (await checkPresence(bundle)), image: null };
    },
  };
}
