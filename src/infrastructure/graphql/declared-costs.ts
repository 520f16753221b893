import { Extensions } from "type-graphql";
import type { DeclaredCosts } from "./field-costs";

type Decorator = MethodDecorator & PropertyDecorator;

const declare = (costs: DeclaredCosts): Decorator => Extensions({ ...costs });

/**
 * Declares how many items a list has if no argument says so: the fields of an item count that often in the cost of a
 * query. It is an estimate and no limit; the actual objects are counted during execution.
 */
export const MaxItems = (maxItems: number): Decorator => declare({ maxItems });

/** Marks the list inside a page: an argument of the page's field sets its length. */
export const ItemsOfPage = (): Decorator => declare({ maxItems: "PAGE" });

/** Declares the cost of a field that does more than read, and the extra cost of some of its arguments. */
export const Cost = (cost: number, argumentCosts: Readonly<Record<string, number>> = {}): Decorator =>
  declare({ cost, argumentCosts });
