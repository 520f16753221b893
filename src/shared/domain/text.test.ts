import { InvalidInput } from "./errors";
import { checkDescription, checkLabel } from "./text";

describe("checkLabel", () => {
  it.each([
    ["  Data platform ", "Data platform"],
    ["x".repeat(190), "x".repeat(190)],
    [` ${"x".repeat(190)} `, "x".repeat(190)],
    ["Ümläut 🚀", "Ümläut 🚀"],
  ])("takes %j", (text, label) => expect(checkLabel(text)).toBe(label));

  it.each([[""], ["   "], ["x".repeat(191)], ["a\0b"], ["two\nlines"]])("refuses %j", (text) => {
    expect(() => checkLabel(text)).toThrow(InvalidInput);
  });
});

describe("checkDescription", () => {
  it.each([
    [null, null],
    ["  ", null],
    [" two\nlines ", "two\nlines"],
    ["x".repeat(1000), "x".repeat(1000)],
  ])("reads %j", (text, description) => expect(checkDescription(text)).toBe(description));

  it.each([["x".repeat(1001)]])("refuses %j", (text) => {
    expect(() => checkDescription(text)).toThrow(InvalidInput);
  });
});
