import type { EntityManager } from "typeorm";
import { Outage } from "../../kernel/outage";
import { sqlStateOf } from "./sql-state";

const LOCK_NOT_AVAILABLE = "55P03";
/** Max wait of a caller for its turn. In its turn it waits in Postgres, for at most `lock_timeout`. */
const TURN_WITHIN_MS = 10_000;

interface Waiting {
  readonly go: () => void;
  readonly giveUp: () => void;
}

/** The transaction has to be rolled back, so that it holds no connection while it waits for its turn. */
export class NotYourTurn extends Error {
  constructor(readonly lock: string) {
    super(`Another call of this process waits for ${lock}`);
    this.name = new.target.name;
  }
}

/** The locks of one call of a use case, over all its attempts. */
export class LockTicket {
  /** The lock for which this call is the next to wait in Postgres. */
  reserved: string | null = null;
  /** Locks of the open transaction. */
  readonly held = new Set<string>();
  giveUpAtMs: number | null = null;
}

/**
 * Lets at most one call of this process wait in Postgres for the lock of an object. All others wait here without a
 * connection, in the order of their arrival. A row that is locked for long would otherwise take the whole pool, and
 * block the calls to other objects.
 */
export class LockTurns {
  /** Waiting calls by lock. A list exists while a call waits in Postgres, or is about to. */
  private readonly queues = new Map<string, Waiting[]>();

  /** @throws NotYourTurn */
  async take<T>(ticket: LockTicket, lock: string, wait: () => Promise<T>): Promise<T> {
    if (ticket.held.has(lock)) return wait();
    if (ticket.reserved === lock) ticket.reserved = null;
    else if (this.queues.has(lock)) throw new NotYourTurn(lock);
    else this.queues.set(lock, []);
    try {
      const locked = await wait();
      ticket.held.add(lock);
      return locked;
    } catch (error) {
      // A lock that was held for that long is unlikely to be released soon.
      if (sqlStateOf(error) === LOCK_NOT_AVAILABLE)
        for (const { giveUp } of this.queues.get(lock)?.splice(0) ?? []) giveUp();
      throw error;
    } finally {
      this.handOn(lock);
    }
  }

  /**
   * Resolves once it is the call's turn, which lasts until `finish`.
   * @throws Outage if the lock is held for long, and after ten seconds in all
   */
  async await(ticket: LockTicket, { lock }: NotYourTurn): Promise<void> {
    ticket.giveUpAtMs ??= Date.now() + TURN_WITHIN_MS;
    const queue = this.queues.get(lock);
    if (queue === undefined) this.queues.set(lock, []);
    else await waitIn(queue, ticket.giveUpAtMs - Date.now());
    ticket.reserved = lock;
  }

  /** Must be called after each attempt. */
  finish(ticket: LockTicket): void {
    ticket.held.clear();
    if (ticket.reserved !== null) this.handOn(ticket.reserved);
    ticket.reserved = null;
  }

  private handOn(lock: string): void {
    const next = this.queues.get(lock)?.shift();
    if (next === undefined) this.queues.delete(lock);
    else next.go();
  }
}

function waitIn(queue: Waiting[], withinMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const waiting: Waiting = {
      go: () => {
        clearTimeout(timer);
        resolve();
      },
      giveUp: () => {
        clearTimeout(timer);
        reject(new Outage("LOCKED"));
      },
    };
    const timer = setTimeout(() => {
      queue.splice(queue.indexOf(waiting), 1);
      waiting.giveUp();
    }, withinMs);
    queue.push(waiting);
  });
}

const attempts = new WeakMap<EntityManager, { readonly turns: LockTurns; readonly ticket: LockTicket }>();

/** Records the call behind a transaction, for `lockInTurn`. */
export function noteAttempt(manager: EntityManager, turns: LockTurns, ticket: LockTicket): void {
  attempts.set(manager, { turns, ticket });
}

/**
 * Locks one object in a transaction of a unit of work. If other calls already wait for it, the transaction is rolled
 * back and runs again in its turn.
 * @param object names it in error messages: "this Deployment"
 * @throws Outage if the lock is not available in time
 */
export async function lockInTurn<T>(
  manager: EntityManager,
  object: string,
  key: string,
  lock: () => Promise<T>,
): Promise<T> {
  const attempt = attempts.get(manager);
  try {
    return await (attempt === undefined ? lock() : attempt.turns.take(attempt.ticket, `${object} ${key}`, lock));
  } catch (error) {
    if (sqlStateOf(error) !== LOCK_NOT_AVAILABLE) throw error;
    throw new Outage("LOCKED", { message: `Another change of ${object} is under way; try again`, cause: error });
  }
}
