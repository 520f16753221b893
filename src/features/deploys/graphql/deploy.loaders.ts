import DataLoader from "dataloader";
import { byId } from "../../../infrastructure/graphql/batching";
import { perRequest, type GraphqlContext } from "../../../infrastructure/graphql/context";
import type { DagBundle, FileCounts } from "../../bundles";
import type { HistoryOverviewModel } from "../app/history-overview";
import type { RevisionBundles } from "../app/revision-bundles";
import type { DeployRevision } from "../domain/deploy-revision";
import type { HistoryState, RevisionReadModel, RevisionView } from "../app/ports";

type WithBundle = Pick<DeployRevision, "deploymentId" | "dagTarballVersion">;

export interface DeployLoaders {
  readonly revisions: DataLoader<string, RevisionView | null>;
  /** By Deployment. */
  readonly historyStates: DataLoader<string, HistoryState | null>;
  readonly bundles: DataLoader<WithBundle, DagBundle | null>;
  /** By revision: what ran before it, and the rollback that left it behind. */
  readonly previous: DataLoader<string, RevisionView | null>;
  readonly leftBehindBy: DataLoader<string, RevisionView | null>;
  readonly dagCounts: DataLoader<readonly [WithBundle, WithBundle], FileCounts | null>;
  /** By Deployment. */
  readonly usualSeconds: DataLoader<string, number | null>;
}

export function deployLoaders(
  readModel: RevisionReadModel,
  bundles: RevisionBundles,
  overview: HistoryOverviewModel,
): (context: GraphqlContext) => DeployLoaders {
  return perRequest(() => ({
    revisions: new DataLoader(async (ids) => byId(ids, await readModel.findMany(ids))),
    historyStates: new DataLoader(async (ids) => {
      const states = new Map((await readModel.historyStates(ids)).map((state) => [state.deployment.id, state]));
      return ids.map((id) => states.get(id) ?? null);
    }),
    previous: new DataLoader(async (ids) => forEach(ids, await overview.previous(ids))),
    leftBehindBy: new DataLoader(async (ids) => forEach(ids, await overview.leftBehindBy(ids))),
    dagCounts: new DataLoader((pairs) => bundles.countChanges(pairs)),
    usualSeconds: new DataLoader(async (ids) => {
      const found = new Map((await overview.usualSeconds(ids)).map(({ id, seconds }) => [id, seconds]));
      return ids.map((id) => found.get(id) ?? null);
    }),
    bundles: new DataLoader((revisions) => bundles.findMany(revisions)),
  }));
}

function forEach(
  ids: readonly string[],
  found: readonly (RevisionView & { readonly forId: string })[],
): (RevisionView | null)[] {
  const byRevision = new Map(found.map((revision) => [revision.forId, revision]));
  return ids.map((id) => byRevision.get(id) ?? null);
}
