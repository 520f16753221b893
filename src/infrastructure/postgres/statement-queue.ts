import type { Pool, PoolClient, QueryResultRow } from "pg";
import type { Sql } from "./sql";
import { isContention } from "./sql-state";

/** Max statements that share a connection: the last of them waits for all the others. */
const MAX_TOGETHER = 8;

interface Waiting {
  readonly text: string;
  readonly parameters: readonly unknown[];
  readonly resolve: (rows: never[]) => void;
  readonly reject: (error: unknown) => void;
  attempt: number;
}

/** Max attempts of a statement that gives way to other transactions. */
const ATTEMPTS = 4;

/**
 * Runs single statements, outside of transactions, on the connections of a pool. While connections are free, each
 * statement gets its own. Once all are busy, waiting statements share the next one that comes free: a few are sent in
 * one write instead of waiting for a turn each, so that a server at its limit gets more done.
 */
export class StatementQueue implements Sql {
  private readonly waiting: Waiting[] = [];
  /** Connections that were requested and have not arrived yet. */
  private expected = 0;

  constructor(private readonly pool: Pool) {}

  query<Row>(text: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return new Promise((resolve, reject) => {
      this.add({ text, parameters, resolve, reject, attempt: 1 });
    });
  }

  private readonly add = (statement: Waiting): void => {
    this.waiting.push(statement);
    this.expect();
  };

  private expect(): void {
    if (this.expected >= Math.min(this.waiting.length, this.pool.options.max)) return;
    this.expected++;
    this.pool.connect((error, client) => {
      const share = this.waiting.splice(0, Math.min(Math.ceil(this.waiting.length / this.expected), MAX_TOGETHER));
      this.expected--;
      if (client !== undefined) send(share, client, this.add);
      else for (const { reject } of share) reject(error);
      this.expect();
    });
  }
}

function send(statements: readonly Waiting[], client: PoolClient, again: (statement: Waiting) => void): void {
  let left = statements.length;
  let failure: Error | undefined;
  const fail = (error: Error): void => void (failure ??= error);
  const release = (): void => {
    client.off("error", fail);
    client.release(failure);
  };
  // A broken connection also emits `error`, which without a listener would end the process.
  client.on("error", fail);
  if (left === 0) release();
  for (const statement of statements) {
    const { text, parameters, resolve, reject } = statement;
    // Despite pg's types, `error` is null if there is a result.
    client.query<QueryResultRow>(text, [...parameters], (error: Error | null, result) => {
      if (error === null) {
        resolve(result.rows as never[]);
      } else {
        fail(error);
        if (isContention(error) && statement.attempt++ < ATTEMPTS) again(statement);
        else reject(error);
      }
      if (--left === 0) release();
    });
  }
}
