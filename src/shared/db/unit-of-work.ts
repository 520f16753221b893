import type { DataSource, EntityManager } from "typeorm";
import type { UnitOfWork } from "../app/unit-of-work";

const SERIALIZATION_FAILURE = "40001";
const DEADLOCK_DETECTED = "40P01";
const ATTEMPTS = 4;

/** Transactions at READ COMMITTED: use cases serialise on the row that they lock first. */
export function createUnitOfWork<Tx>(
  dataSource: DataSource,
  storesOn: (manager: EntityManager) => Tx,
): UnitOfWork<Tx> {
  return {
    async run(work) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await dataSource.transaction((manager) => work(storesOn(manager)));
        } catch (error) {
          const code = sqlStateOf(error);
          if (attempt === ATTEMPTS || (code !== SERIALIZATION_FAILURE && code !== DEADLOCK_DETECTED)) throw error;
        }
      }
    },
  };
}

/** The SQLSTATE of a database error, also where TypeORM has wrapped it. */
export function sqlStateOf(error: unknown): string | undefined {
  return databaseErrorField(error, "code");
}

/** The name of the constraint that a statement violated. */
export function constraintOf(error: unknown): string | undefined {
  return databaseErrorField(error, "constraint");
}

function databaseErrorField(error: unknown, field: "code" | "constraint"): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const own = (error as { driverError?: unknown }).driverError ?? error;
  const value = (own as Record<string, unknown>)[field];
  return typeof value === "string" ? value : undefined;
}
