import DataLoader from "dataloader";
import { groupBy } from "../../../infrastructure/graphql/batching";
import { perRequest, type GraphqlContext } from "../../../infrastructure/graphql/context";
import type { HoldReadModel } from "../app/ports";
import type { Hold } from "../domain/hold";

export interface HoldLoaders {
  /** By Deployment, newest first. */
  readonly holds: DataLoader<string, Hold[]>;
}

export const holdLoaders = (readModel: HoldReadModel): ((context: GraphqlContext) => HoldLoaders) =>
  perRequest(() => ({
    holds: new DataLoader(async (ids) =>
      groupBy(ids, await readModel.ofDeployments(ids), ({ deploymentId }) => deploymentId),
    ),
  }));
