import { parse } from "graphql";
import { countTokens, validationRefusal } from "./validation-work";

const times = (count: number, text: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => text(at)).join(" ");

test.each([
  ["one field 480 times", `{ ${"appConfig { version } ".repeat(480)} }`],
  ["pairs of fields", `{ ${"appConfig { version } authConfig { publicSignup } ".repeat(200)} }`],
  ["the same alias", `{ ${times(200, () => "a: appConfig { version }")} }`],
  ["inline fragments", `{ ${times(200, () => "... on Query { appConfig { version } }")} }`],
  [
    "fragments",
    `{ ${times(150, (at) => `...F${at}`)} } ${times(150, (at) => `fragment F${at} on Query { appConfig { version } }`)}`,
  ],
  ["a field inside of a merged one", `{ ${times(12, () => `deployment { ${times(14, () => "id")} }`)} }`],
])("%s is refused before it is validated", (_name, query) => {
  const refusal = validationRefusal(parse(query));
  expect([refusal?.code, refusal?.status]).toEqual(["QUERY_TOO_COSTLY", 400]);
});

test.each([
  ["a page of everything", `{ deployRevisions { nodes { ${times(200, (at) => `field${at}`)} } } }`],
  [
    "thirty aliases with one fragment",
    `{ ${times(30, (at) => `a${at}: deployment { ...F }`)} } fragment F on Deployment { id label workspace { id } }`,
  ],
  ["one field some times", `{ ${"appConfig { version } ".repeat(50)} }`],
  ["a fragment in itself", "{ ...F } fragment F on Query { appConfig { version } ...F deployment { ...F } }"],
])("%s may be validated", (_name, query) => {
  expect(validationRefusal(parse(query))).toBeNull();
});

test("fragments that unfold into millions are looked at for a moment only", () => {
  const query = `{ ...F0 } ${times(60, (at) => `fragment F${at} on Query { ...F${at + 1} x { ...F${at + 1} } }`)} fragment F60 on Query { a }`;
  const before = process.cpuUsage();
  validationRefusal(parse(query));
  expect(process.cpuUsage(before).user).toBeLessThan(2_000_000);
});

test.each([
  ["{ a }", 10, 3],
  ["{ a b c }", 2, 2],
  ['{ a(text: "x") }', 10, 8],
  ['{ a "', 10, 2],
  ["", 10, 0],
])("tokens of %j, up to %i", (text, limit, expected) => {
  expect(countTokens(text, limit)).toBe(expected);
});
