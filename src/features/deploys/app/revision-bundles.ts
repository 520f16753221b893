import type {
  BundleKey,
  BundleReadModel,
  BundleState,
  CheckBundle,
  CompareBundles,
  DagBundle,
  DagDiff,
  FileComparison,
  FileCounts,
} from "../../bundles";
import type { DeployRevision } from "../domain/deploy-revision";

type WithBundle = Pick<DeployRevision, "deploymentId" | "dagTarballVersion">;

/** The DAG bundles that revisions name. */
export class RevisionBundles {
  constructor(
    private readonly deps: {
      readonly bundles: BundleReadModel;
      readonly check: CheckBundle;
      readonly compare: CompareBundles;
    },
  ) {}

  /** In the order of the revisions; null where one has none. */
  async findMany(revisions: readonly WithBundle[]): Promise<(DagBundle | null)[]> {
    const keys = revisions.map(keyOf).filter((key) => key !== null);
    const found = keys.length === 0 ? [] : await this.deps.bundles.findMany(keys);
    const byKey = new Map(found.map((bundle) => [textOf(bundle), bundle]));
    return revisions.map((revision) => {
      const key = keyOf(revision);
      return key === null ? null : (byKey.get(textOf(key)) ?? null);
    });
  }

  /** Null where the revision has none, or it is not known. */
  async checksumOf(revision: WithBundle): Promise<string | null> {
    const [bundle] = await this.findMany([revision]);
    return bundle?.sha256 ?? null;
  }

  /** Whether the bundle is stored, by every byte of it; null where the revision has none. */
  async verifyChecksum(revision: WithBundle): Promise<BundleState | null> {
    const [bundle] = await this.findMany([revision]);
    return bundle ? this.deps.check.verifyChecksum(bundle) : null;
  }

  /** How many DAG files differ, in the order of the pairs; a side without a bundle is not known. */
  async countChanges(pairs: readonly (readonly [WithBundle, WithBundle])[]): Promise<(FileCounts | null)[]> {
    const known = pairs.map(([from, to]) =>
      from.dagTarballVersion === null || to.dagTarballVersion === null
        ? null
        : { deploymentId: to.deploymentId, fromVersion: from.dagTarballVersion, toVersion: to.dagTarballVersion },
    );
    const asked = known.filter((pair) => pair !== null);
    const counts = asked.length === 0 ? [] : await this.deps.bundles.countChanges(asked);
    return known.map((pair) => (pair === null ? null : (counts[asked.indexOf(pair)] ?? null)));
  }

  /** Null where one side has no bundle. */
  async compare(from: WithBundle, to: WithBundle): Promise<DagDiff | null> {
    const [before, after] = await this.findMany([from, to]);
    return before && after ? this.deps.compare.files(before, after) : null;
  }

  /** One file on both sides, null where neither has it; a side without a bundle has no files. */
  async compareFile(from: WithBundle, to: WithBundle, path: string): Promise<FileComparison | null> {
    const [before = null, after = null] = await this.findMany([from, to]);
    return this.deps.compare.file(before, after, path);
  }
}

const keyOf = ({ deploymentId, dagTarballVersion }: WithBundle): BundleKey | null =>
  dagTarballVersion === null ? null : { deploymentId, version: dagTarballVersion };

const textOf = ({ deploymentId, version }: BundleKey): string => `${deploymentId} ${version}`;
