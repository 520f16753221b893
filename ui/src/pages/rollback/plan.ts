import type { PlanQuery } from "../../gql";

export type Plan = PlanQuery["rollbackPlan"];
