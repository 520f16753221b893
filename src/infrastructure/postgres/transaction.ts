import type { PoolClient, QueryResultRow } from "pg";
import type { DataSource, EntityManager } from "typeorm";
import type { Sql } from "./sql";

const sqlByManager = new WeakMap<EntityManager, Sql>();

/** Hand-written statements of the transaction that the manager belongs to; undefined where `inTransaction` made none. */
export const sqlInTransaction = (manager: EntityManager): Sql | undefined => sqlByManager.get(manager);

/**
 * Runs the work in a transaction on a connection of its own. BEGIN and the first statement reach Postgres in one write,
 * which saves a round trip; TypeORM's own `transaction` waits for BEGIN (docs/adr/0004). Repositories and query builders of
 * the manager take part in it.
 *
 * @throws what the work throws, after a rollback, and Error if Postgres has rolled back instead of committing
 */
export async function inTransaction<T>(
  dataSource: DataSource,
  work: (manager: EntityManager) => Promise<T>,
): Promise<T> {
  const queryRunner = dataSource.createQueryRunner();
  const { manager } = queryRunner;
  try {
    const client = (await queryRunner.connect()) as PoolClient;
    // Otherwise TypeORM would begin a transaction of its own to save an entity.
    const state: { isTransactionActive: boolean } = queryRunner;
    state.isTransactionActive = true;
    const begun = client.query("BEGIN").then(() => undefined);
    // Passed on by the first statement, and before the commit.
    begun.catch(() => undefined);
    sqlByManager.set(manager, sqlAfter(begun, client));
    try {
      const result = await work(manager);
      await begun;
      const { command } = await client.query("COMMIT");
      if (command !== "COMMIT")
        throw new Error("Postgres has rolled the transaction back, as a statement in it failed");
      return result;
    } catch (error) {
      // A connection that is gone has rolled back by itself; the first error matters more.
      await client.query("ROLLBACK").catch(() => undefined);
      throw error;
    } finally {
      state.isTransactionActive = false;
    }
  } finally {
    await queryRunner.release();
  }
}

/** The first statement is sent along with BEGIN; nothing is answered, and nothing more is sent, unless that succeeded. */
function sqlAfter(begun: Promise<void>, client: PoolClient): Sql {
  let isFirst = true;
  return {
    async query<Row>(text: string, parameters: readonly unknown[] = []): Promise<Row[]> {
      if (!isFirst) await begun;
      isFirst = false;
      const answer = client.query<Row & QueryResultRow>(text, [...parameters]);
      answer.catch(() => undefined);
      await begun;
      return (await answer).rows;
    },
  };
}
