import DataLoader from "dataloader";
import { byId } from "../../../infrastructure/graphql/batching";
import { perRequest, type GraphqlContext } from "../../../infrastructure/graphql/context";
import type { DagBundle } from "../../bundles";
import type { RevisionBundles } from "../app/revision-bundles";
import type { DeployRevision } from "../domain/deploy-revision";
import type { HistoryState, RevisionReadModel, RevisionView } from "../app/ports";

type WithBundle = Pick<DeployRevision, "deploymentId" | "dagTarballVersion">;

export interface DeployLoaders {
  readonly revisions: DataLoader<string, RevisionView | null>;
  /** By Deployment. */
  readonly historyStates: DataLoader<string, HistoryState | null>;
  readonly bundles: DataLoader<WithBundle, DagBundle | null>;
}

export function deployLoaders(
  readModel: RevisionReadModel,
  bundles: RevisionBundles,
): (context: GraphqlContext) => DeployLoaders {
  return perRequest(() => ({
    revisions: new DataLoader(async (ids) => byId(ids, await readModel.findMany(ids))),
    historyStates: new DataLoader(async (ids) => {
      const states = new Map((await readModel.historyStates(ids)).map((state) => [state.deployment.id, state]));
      return ids.map((id) => states.get(id) ?? null);
    }),
    bundles: new DataLoader((revisions) => bundles.findMany(revisions)),
  }));
}
