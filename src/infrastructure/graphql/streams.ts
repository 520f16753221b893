import type { GraphQLSchema } from "graphql";
import type { GraphqlContext } from "./context";

/**
 * Makes the stream of a subscription from its arguments. The stream has to end at once when the client leaves it, which
 * an async generator function alone cannot do while it waits.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each takes the arguments of its own field
type Stream = (args: any, context: GraphqlContext) => Promise<AsyncIterable<unknown>>;

/** A resolver with subscriptions: the stream of each, by field name. */
export interface StreamResolver {
  readonly streams: Readonly<Record<string, Stream>>;
}

/** For `@Subscription`, whose own `subscribe` has no access to the resolver's instance. `attachStreams` replaces it. */
export const byStream = {
  subscribe: (): never => {
    throw new Error("The schema was only declared");
  },
};

/** type-graphql requires a PubSub as soon as there is a subscription; here every subscription has its own stream. */
export const NO_PUB_SUB = { publish: byStream.subscribe, subscribe: byStream.subscribe };

/** @throws Error if a subscription of the schema has no stream */
export function attachStreams(schema: GraphQLSchema, resolvers: readonly object[]): void {
  const streams = Object.assign(
    {},
    ...resolvers.map((one) => ("streams" in one ? one.streams : {})),
  ) as StreamResolver["streams"];
  for (const field of Object.values(schema.getSubscriptionType()?.getFields() ?? {})) {
    const stream = streams[field.name];
    if (stream === undefined) throw new Error(`The subscription ${field.name} has no stream`);
    field.subscribe = (_source, args, context: GraphqlContext) => stream(args, context);
  }
}
