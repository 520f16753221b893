import type { Client } from "pg";
import type { BenchOptions } from "./options";
import type { RunningServer } from "./product";
import type { Seed } from "./seed";

/** What every benchmark plays on. */
export interface Stage {
  readonly options: BenchOptions;
  readonly databaseUrl: string;
  readonly client: Client;
  readonly seed: Seed;
  readonly product: RunningServer;
  readonly bare: RunningServer;
}
