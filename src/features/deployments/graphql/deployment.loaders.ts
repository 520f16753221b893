import DataLoader from "dataloader";
import type { AccessReadModel, RoleBinding } from "../../access";
import { byId, groupBy } from "../../../infrastructure/graphql/batching";
import { perRequest, type GraphqlContext } from "../../../infrastructure/graphql/context";
import type { DeploymentReadModel } from "../app/ports";
import type { Deployment } from "../domain/deployment";

export interface DeploymentLoaders {
  readonly deployments: DataLoader<string, Deployment | null>;
  readonly bindings: DataLoader<string, RoleBinding[]>;
}

export function deploymentLoaders(
  readModel: DeploymentReadModel,
  access: AccessReadModel,
): (context: GraphqlContext) => DeploymentLoaders {
  return perRequest(() => ({
    deployments: new DataLoader(async (ids) => byId(ids, await readModel.findMany(ids))),
    bindings: new DataLoader(async (ids) =>
      groupBy(ids, await access.bindingsOn({ deploymentIds: ids }), (binding) => binding.deploymentId ?? ""),
    ),
  }));
}
