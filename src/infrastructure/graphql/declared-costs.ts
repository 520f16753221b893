import { Extensions } from "type-graphql";
import type { DeclaredCosts } from "./field-costs";

type Decorator = MethodDecorator & PropertyDecorator;

const declare = (costs: DeclaredCosts): Decorator => Extensions({ ...costs });

/**
 * Declares how many items a list has where no argument says so: what is inside counts that often in the cost of a
 * query. It is an estimate and caps nothing; the objects that are really there are counted during execution.
 */
export const MaxItems = (maxItems: number): Decorator => declare({ maxItems });

/** The list inside a page whose field has the argument for it. */
export const ItemsOfPage = (): Decorator => declare({ maxItems: "PAGE" });

/** Declares what a field that does more than to read something costs, and what some of its arguments add. */
export const Cost = (cost: number, argumentCosts: Readonly<Record<string, number>> = {}): Decorator =>
  declare({ cost, argumentCosts });
