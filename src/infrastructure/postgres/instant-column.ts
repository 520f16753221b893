import { Column } from "typeorm";
import { toInstant, type Instant } from "../../kernel/instant";

const asInstant = {
  from: (value: Date | string | null): Instant | null =>
    value === null || typeof value === "string" ? value : toInstant(value),
  to: (value: Instant | null | undefined): Instant | null | undefined => value,
};

/** A `timestamptz(3)` column that reads and writes an `Instant`. */
export const InstantColumn = (options: { name: string; nullable?: boolean }): PropertyDecorator =>
  Column({ type: "timestamptz", precision: 3, nullable: false, transformer: asInstant, ...options });
