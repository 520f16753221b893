import { inexactNumberIn } from "./exact-numbers";

test.each([
  ['{"n":12345678901234567890}', "12345678901234567890"],
  ["[1, -9007199254740993]", "-9007199254740993"],
  ["9007199254740992", "9007199254740992"],
  ['{"a":"\\\\","n":1e999}', "1e999"],
  ['{"a":"x\\"","n":12345678901234567890}', "12345678901234567890"],
])("finds in %s the number %s", (json, number) => expect(inexactNumberIn(json)).toBe(number));

test.each([
  ["9007199254740991"],
  ["-9007199254740991"],
  ["0.12345678901234567890"],
  ["1e300"],
  ['"12345678901234567890"'],
  ['{"a":"x\\" 12345678901234567890"}'],
  ['{"12345678901234567890":"1e999"}'],
  ['"12345678901234567890'],
  [""],
])("finds nothing in %s", (json) => expect(inexactNumberIn(json)).toBeNull());

test("takes a large text in little time", () => {
  const json = `{"a":"${'\\"\\\\'.repeat(500_000)}","n":12345678901234567890}`;
  expect(inexactNumberIn(json)).toBe("12345678901234567890");
});
