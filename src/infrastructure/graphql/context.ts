import type { Logger } from "pino";
import type { Actor } from "../../kernel/permissions";

/** One request, as resolvers see it. */
export interface GraphqlContext {
  readonly requestId: string;
  readonly log: Logger;
  /** The client's network address. */
  readonly address: string;
  /** Whether the client prints texts as they are, one after another, as the `astro` CLI does when it follows a log. */
  readonly printsVerbatim: boolean;
  /** The caller. @throws Unauthenticated if the caller is not signed in, or no longer */
  actor(): Promise<Actor>;
  /**
   * The caller with current permissions, for operations that go on after their first response. @throws Unauthenticated
   */
  actorNow(): Promise<Actor>;
  /** Lifts the time limit of the request, for work that takes longer the more data there is. */
  liftDeadline(): void;
  /** The caller; null if not signed in or the credentials are stale. */
  actorOrNull(): Promise<Actor | null>;
}

/** A value created once per request on first use, such as a DataLoader. */
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
