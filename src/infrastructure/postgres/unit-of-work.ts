import type { DataSource, EntityManager } from "typeorm";
import type { UnitOfWork } from "../../kernel/unit-of-work";
import { LockTicket, LockTurns, NotYourTurn, noteAttempt } from "./lock-turns";
import { isContention } from "./sql-state";
import { inTransaction } from "./transaction";

const ATTEMPTS = 4;

/**
 * Runs transactions at READ COMMITTED, the default of every connection: use cases serialise on the row that they lock
 * first, by `lockInTurn`.
 */
export function createUnitOfWork<Tx>(dataSource: DataSource, storesOn: (manager: EntityManager) => Tx): UnitOfWork<Tx> {
  const turns = turnsOf(dataSource);
  return {
    async run(work) {
      const ticket = new LockTicket();
      const transaction = (): ReturnType<typeof work> =>
        inTransaction(dataSource, (manager) => {
          noteAttempt(manager, turns, ticket);
          return work(storesOn(manager));
        });
      for (let attempt = 1; ;) {
        const outcome = await settled(transaction());
        turns.finish(ticket);
        if ("value" in outcome) return outcome.value;
        if (outcome.error instanceof NotYourTurn) await turns.await(ticket, outcome.error);
        else if (attempt === ATTEMPTS || !isContention(outcome.error)) throw outcome.error;
        else attempt++;
      }
    },
  };
}

const turnsByDataSource = new WeakMap<DataSource, LockTurns>();

/** Shared by all units of work on the same data source. */
function turnsOf(dataSource: DataSource): LockTurns {
  const turns = turnsByDataSource.get(dataSource) ?? new LockTurns();
  turnsByDataSource.set(dataSource, turns);
  return turns;
}

type Settled<T> = { readonly value: T } | { readonly error: unknown };

const settled = <T>(work: Promise<T>): Promise<Settled<T>> =>
  work.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
