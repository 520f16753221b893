import { InvalidInput } from "./errors";
import { checkDescription, checkLabel, cleanLine, cleanText, isLine, quoteHidden, readLine, readText } from "./text";

const FAMILY = "\u{1F468}\u200D\u{1F469}\u200D\u{1F467}";

describe("one line", () => {
  it.each([
    ["  Data platform ", "Data platform"],
    ["x".repeat(190), "x".repeat(190)],
    [` ${"x".repeat(190)} `, "x".repeat(190)],
    ["\u{1F680}".repeat(190), "\u{1F680}".repeat(190)],
    ["\u00DCml\u00E4ut \u{1F680}", "\u00DCml\u00E4ut \u{1F680}"],
    ["Cafe\u0301", "Caf\u00E9"],
    [FAMILY, FAMILY],
    ["\u2764\uFE0F\u200D\u{1F525} 1\uFE0F\u20E3", "\u2764\uFE0F\u200D\u{1F525} 1\uFE0F\u20E3"],
    ["\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645", "\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645"],
    ["\u0915\u094D\u200D\u0937", "\u0915\u094D\u200D\u0937"],
    ["\u845B\u{E0100}\u98FE", "\u845B\u{E0100}\u98FE"],
    ["\u05E9\u05DC\u05D5\u05DD", "\u05E9\u05DC\u05D5\u05DD"],
  ])("takes %j", (text, line) => {
    expect(checkLabel(text)).toBe(line);
    expect(readLine("x", text)).toBe(line);
    expect(isLine(text)).toBe(true);
    expect(cleanLine(text)).toBe(line);
    expect(quoteHidden(line)).toBe(line);
  });

  it.each([[""], ["   "], ["\u200B\u200B"], ["\u3164"], ["\u2800"], ["\u202E"], ["\n"], ["\x1B"], ["\uFE0F\u034F"]])(
    "takes %j for nothing",
    (text) => {
      expect(readLine("x", text)).toBeNull();
      expect(cleanLine(text)).toBeNull();
      expect(isLine(text)).toBe(false);
      expect(() => checkLabel(text)).toThrow(new InvalidInput("label", "has to have 1 to 190 characters"));
    },
  );

  it.each([
    ["a null character", "a\0b", "contains U+0000, which is not shown"],
    ["a line break", "two\nlines", "has to be one line, and contains a line break (U+000A)"],
    ["a carriage return", "two\rlines", "has to be one line, and contains a line break (U+000D)"],
    ["a line separator", "two\u2028lines", "has to be one line, and contains a line break (U+2028)"],
    ["a tab", "two\tcolumns", "contains U+0009, which is not shown"],
    ["a terminal command", "a\x1B[2Jb", "contains U+001B, which is not shown"],
    ["a terminal command in one character", "a\x9B2Jb", "contains U+009B, which is not shown"],
    ["a change of direction", "a\u202Eb", "contains U+202E, which is not shown"],
    ["an isolate", "a\u2066b", "contains U+2066, which is not shown"],
    ["a zero-width space", "a\u200Bb", "contains U+200B, which is not shown"],
    ["a joiner between letters that never join", "a\u200Db", "contains U+200D, which is not shown"],
    ["a joiner at the end", "\u0915\u094D\u200D", "contains U+200D, which is not shown"],
    ["a byte order mark inside", "a\uFEFFb", "contains U+FEFF, which is not shown"],
    ["a soft hyphen", "a\u00ADb", "contains U+00AD, which is not shown"],
    ["a filler", "a\u3164b", "contains U+3164, which is not shown"],
    ["a variation selector behind a letter", "a\uFE0F", "contains U+FE0F, which is not shown"],
    ["a tag", "a\u{E0061}", "contains U+E0061, which is not shown"],
    ["private use", "a\uE000", "contains U+E000, which is not shown"],
    ["an unassigned character", "a\u0378", "contains U+0378, which is not shown"],
    ["half of a surrogate pair", "a\uD800", "contains U+D800, which is not shown"],
    ["191 characters", "x".repeat(191), "has at most 190 characters"],
    ["191 characters of two units", "\u{1F680}".repeat(191), "has at most 190 characters"],
  ])("refuses %s, and names the argument", (_name, text, problem) => {
    expect(() => checkLabel(text)).toThrow(new InvalidInput("label", problem));
    expect(() => readLine("newName", text)).toThrow(`newName: ${problem}`);
    expect(isLine(text)).toBe(false);
  });
});

describe("text of several lines", () => {
  it.each([
    ["  ", null],
    ["\u200B\n\u200B", null],
    [" two\nlines ", "two\nlines"],
    ["a\tb", "a\tb"],
    ["Windows\r\nMac\rmainframe\x85Word\u2028and\u2029form\ffeed", "Windows\nMac\nmainframe\nWord\nand\nform\nfeed"],
    ["Cafe\u0301\n", "Caf\u00E9"],
  ])("reads %j", (text, expected) => expect(readText("description", text, 100)).toBe(expected));

  it.each([
    ["a\x1B[2Jb", "contains U+001B, which is not shown"],
    ["a\n\u202Eb", "contains U+202E, which is not shown"],
    ["x".repeat(101), "has at most 100 characters"],
  ])("refuses %j", (text, problem) =>
    expect(() => readText("description", text, 100)).toThrow(new InvalidInput("description", problem)),
  );

  it("has at most 1000 characters as a description, and may be absent", () => {
    expect(checkDescription(null)).toBeNull();
    expect(checkDescription("x".repeat(1000))).toBe("x".repeat(1000));
    expect(() => checkDescription("x".repeat(1001))).toThrow("description: has at most 1000 characters");
  });
});

describe("text that cannot be sent back", () => {
  it.each([
    ["  a\0\n b  ", "a b"],
    ["a\x1B[2Jb\u202Ec", "a[2Jbc"],
    ["\uD800x", "x"],
    ["x".repeat(500), "x".repeat(190)],
    ["\u{1F680}".repeat(500), "\u{1F680}".repeat(190)],
  ])("becomes one line: %j", (text, line) => expect(cleanLine(text)).toBe(line));

  it.each([
    [" a\0\r\n\x1Bb ", "a\nb"],
    ["x".repeat(100), "x".repeat(100)],
    [`${"x".repeat(98)} yz`, `${"x".repeat(98)}…`],
    ["\u{1F680}".repeat(101), `${"\u{1F680}".repeat(99)}…`],
    ["\u200B", null],
  ])("becomes text: %j", (text, expected) => expect(cleanText(text, 100)).toBe(expected));
});

it.each([
  ["plain", "plain"],
  ["a\nb\r\n\tc", "a\\nb\\r\\n\\tc"],
  ["\x1B[1A\x9B\x7F\0", "\\x1b[1A\\x9b\\x7f\\x00"],
  ["a\u202Eb\u2028\u{E0061}", "a\\u{202e}b\\u{2028}\\u{e0061}"],
])("quotes %j", (text, quoted) => expect(quoteHidden(text)).toBe(quoted));
