import type { Logger } from "pino";
import type { Actor } from "../../kernel/permissions";

/** One request, as resolvers see it. */
export interface GraphqlContext {
  readonly requestId: string;
  readonly log: Logger;
  /** Where the request comes from. */
  readonly address: string;
  /** Whether the client prints texts one behind the other as they come, as the `astro` CLI does that follows a log. */
  readonly printsVerbatim: boolean;
  /** The caller. @throws Unauthenticated without a valid session */
  actor(): Promise<Actor>;
  /**
   * The caller with current permissions, read anew: for work that goes on after the first response. @throws
   * Unauthenticated
   */
  actorNow(): Promise<Actor>;
  /** Lifts the time limit of the request: its caller waits for work that takes as long as there is data. */
  liftDeadline(): void;
  /** The caller, or null without a valid session. */
  actorOrNull(): Promise<Actor | null>;
}

/** A value made once per request at first use, such as a DataLoader. */
export function perRequest<T>(make: (context: GraphqlContext) => T): (context: GraphqlContext) => T {
  const made = new WeakMap<GraphqlContext, T>();
  return (context) => {
    let value = made.get(context);
    if (value === undefined) {
      value = make(context);
      made.set(context, value);
    }
    return value;
  };
}
