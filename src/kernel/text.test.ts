import { InvalidInput } from "./errors";
import { checkDescription, checkLabel } from "./text";

describe("checkLabel", () => {
  it.each([
    ["  Data platform ", "Data platform"],
    ["x".repeat(190), "x".repeat(190)],
    [` ${"x".repeat(190)} `, "x".repeat(190)],
    ["Ümläut 🚀", "Ümläut 🚀"],
  ])("takes %j", (text, label) => expect(checkLabel(text)).toBe(label));

  it.each([[""], ["   "], ["x".repeat(191)], ["a\0b"], ["two\nlines"]])(
    "refuses %j, and names the argument",
    (text) => {
      expect(() => checkLabel(text)).toThrow(
        new InvalidInput("label", "has to have 1 to 190 characters, none of them a control character"),
      );
      expect(() => checkLabel(text, "newName")).toThrow("newName: has to have");
    },
  );
});

describe("checkDescription", () => {
  it.each([
    [null, null],
    ["  ", null],
    [" two\nlines ", "two\nlines"],
    ["x".repeat(1000), "x".repeat(1000)],
  ])("reads %j", (text, description) => expect(checkDescription(text)).toBe(description));

  it.each([["x".repeat(1001)]])("refuses %j", (text) => {
    expect(() => checkDescription(text)).toThrow(new InvalidInput("description", "has at most 1000 characters"));
  });
});
