import { InvalidInput } from "../../../kernel/errors";
import { checkEmail, requireOwnAddress } from "./accounts";

/** The argument that a refusal names, or what was given in its place. */
function refusedArgument(check: () => string): string {
  try {
    return `accepted as ${JSON.stringify(check())}`;
  } catch (error) {
    return error instanceof InvalidInput ? error.argument : String(error);
  }
}

describe("checkEmail", () => {
  test.each([
    ["ada@example.com", "ada@example.com"],
    ["Ada@Example.COM", "ada@example.com"],
    ["  ada@example.com\n", "ada@example.com"],
    ["ada+airflow@example.com", "ada+airflow@example.com"],
    ["o'neil@example.com", "o'neil@example.com"],
    ["ada@localhost", "ada@localhost"],
    [`${"a".repeat(64)}@${"b".repeat(190)}`, `${"a".repeat(64)}@${"b".repeat(190)}`],
  ])("reads %j as %j", (text, address) => {
    expect(checkEmail(text)).toBe(address);
  });

  test("reads what it has read itself the same again", () => {
    const once = checkEmail(" Ada.Lovelace@EXAMPLE.com ");
    expect(checkEmail(once)).toBe(once);
  });

  test.each([
    [""],
    ["   "],
    ["ada"],
    ["@example.com"],
    ["ada@"],
    ["ada@home@example.com"],
    ["ada lovelace@example.com"],
    ["ada@example .com"],
    ["Ada <ada@example.com>"],
    ['"ada"@example.com'],
    ["ada@example.com\nbcc: eve@example.com"],
    ["ada\u200b@example.com"],
    ["ada@example.com\u200b"],
    ["ada\u202e@example.com"],
    [`${"a".repeat(65)}@example.com`],
    [`ada@${"b".repeat(191)}`],
    ["@".repeat(100_000)],
  ])("refuses what is no address (%#)", (text) => {
    expect(refusedArgument(() => checkEmail(text))).toBe("email");
  });
});

describe("requireOwnAddress", () => {
  const own = ["ada@example.com"];

  test.each([["ada"], ["ada@example.com"], ["Ada@Example.com"]])("takes %j", (username) => {
    expect(() => requireOwnAddress(username, own)).not.toThrow();
  });

  test.each([
    ["grace@example.com"],
    ["ada@example.com "],
    ["@"],
    ["grace\uff20example.com"],
    ["grace\ufe6bexample.com"],
  ])("refuses %j", (username) => {
    expect(() => requireOwnAddress(username, own)).toThrow(InvalidInput);
  });
});
