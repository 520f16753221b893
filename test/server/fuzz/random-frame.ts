import { NASTY_TEXTS, NASTY_VALUES, nested, type Random } from "./random";

const TYPES = [
  "connection_init",
  "start",
  "subscribe",
  "stop",
  "complete",
  "ping",
  "pong",
  "connection_terminate",
  "data",
  "next",
  "ka",
  "",
] as const;
const IDS = ["1", "1", "2", "", 7, null, undefined, "x".repeat(5_000)] as const;

/**
 * A message for a WebSocket: mostly one that could be sent, since a protocol ends with the first that cannot, and now
 * and then one with something wrong, or nonsense.
 */
export function randomFrame(random: Random, start: "start" | "subscribe", operations: () => object): string | Buffer {
  const text = (): string => random.pick(NASTY_TEXTS);
  const value = (): unknown => random.pick(NASTY_VALUES);
  const json = (message: object): string => JSON.stringify(message);
  const operation = (): object => ({ id: `operation ${random.next()}`, type: start, payload: operations() });
  if (random.chance(0.8)) return json(operation());
  return random.pick<() => string | Buffer>([
    () => json({ id: random.pick(IDS), type: random.pick(["start", "subscribe"]), payload: operations() }),
    () =>
      json({
        id: random.pick(IDS),
        type: random.pick(["start", "subscribe"]),
        payload: { query: 'subscription { log(deploymentUuid: "x") { id } }', variables: value() },
      }),
    () =>
      json({
        id: random.pick(IDS),
        type: random.pick(["start", "subscribe"]),
        payload: random.pick<unknown>([
          value(),
          text(),
          { query: value() },
          { query: text(), variables: value(), operationName: value() },
        ]),
      }),
    () => json({ id: random.pick(IDS), type: random.pick(TYPES) }),
    () => json({ type: random.pick(TYPES), payload: value() }),
    () => json({ type: text(), id: text(), payload: text() }),
    () => json({ type: value(), id: value(), payload: nested(random.below(500)) }),
    () =>
      json({
        id: "1",
        type: "start",
        payload: { query: `{ ${"a: appConfig { version } ".repeat(random.below(300))} }` },
      }),
    () => JSON.stringify(value()) ?? "undefined",
    text,
    () => json(operation()).slice(0, random.below(40)),
    () => `${"[".repeat(10_000)}`,
    () => Buffer.from(random.list(300, () => random.below(256))),
  ])();
}
