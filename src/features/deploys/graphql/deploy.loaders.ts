import DataLoader from "dataloader";
import { byId } from "../../../shared/graphql/batching";
import { perRequest, type GraphqlContext } from "../../../shared/graphql/context";
import type { HistoryState, RevisionReadModel, RevisionView } from "../app/ports";

export interface DeployLoaders {
  readonly revisions: DataLoader<string, RevisionView | null>;
  /** By Deployment. */
  readonly historyStates: DataLoader<string, HistoryState | null>;
}

export function deployLoaders(readModel: RevisionReadModel): (context: GraphqlContext) => DeployLoaders {
  return perRequest(() => ({
    revisions: new DataLoader(async (ids) => byId(ids, await readModel.findMany(ids))),
    historyStates: new DataLoader(async (ids) => {
      const states = new Map((await readModel.historyStates(ids)).map((state) => [state.deployment.id, state]));
      return ids.map((id) => states.get(id) ?? null);
    }),
  }));
}
