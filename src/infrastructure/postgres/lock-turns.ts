import type { EntityManager } from "typeorm";
import { Outage } from "../../kernel/outage";
import { sqlStateOf } from "./sql-state";

const LOCK_NOT_AVAILABLE = "55P03";
/**
 * How long a caller waits for its turn while others come and go, before it waits in Postgres for at most
 * `lock_timeout`.
 */
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

/** What one call of a use case knows of its locks, over all its attempts. */
export class LockTicket {
  /** A lock that this call is the next to wait for in Postgres. */
  reserved: string | null = null;
  /** Locks of the transaction that is open. */
  readonly held = new Set<string>();
  giveUpAtMs: number | null = null;
}

/**
 * Lets at most one call of this process wait in Postgres for the lock of one object. All others wait here without a
 * connection, in the order of their coming. A row that is locked for long would otherwise take the whole pool, and with
 * it every call to other objects.
 */
export class LockTurns {
  /** Those who wait here, by the lock. There is a list for as long as a call waits in Postgres, or is about to. */
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
      // A lock that is held for that long will not be free for the others soon.
      if (sqlStateOf(error) === LOCK_NOT_AVAILABLE)
        for (const { giveUp } of this.queues.get(lock)?.splice(0) ?? []) giveUp();
      throw error;
    } finally {
      this.handOn(lock);
    }
  }

  /**
   * Resolves once it is the call's turn, which it has until `finish`. @throws Outage where the lock is held for long,
   * and after ten seconds in all
   */
  async await(ticket: LockTicket, { lock }: NotYourTurn): Promise<void> {
    ticket.giveUpAtMs ??= Date.now() + TURN_WITHIN_MS;
    const queue = this.queues.get(lock);
    if (queue === undefined) this.queues.set(lock, []);
    else await waitIn(queue, ticket.giveUpAtMs - Date.now());
    ticket.reserved = lock;
  }

  /** To be called after each attempt. */
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

/** Makes `lockInTurn` know the call behind a transaction. */
export function noteAttempt(manager: EntityManager, turns: LockTurns, ticket: LockTicket): void {
  attempts.set(manager, { turns, ticket });
}

/**
 * Locks one object in a transaction of a unit of work, which is rolled back and run again where others wait already.
 * @param object names it, as the end of a sentence: "this Deployment"
 * @throws Outage where the lock is not to be had in time
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
