import type { DeploymentsQuery } from "../../gql";

export type ListedDeployment = NonNullable<DeploymentsQuery["paginatedDeployments"]>[number];
