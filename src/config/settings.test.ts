import { readFileSync } from "node:fs";
import { allSettings } from "./settings";
import { settingsTable } from "./settings-table";

const paths = allSettings.flatMap(({ setting }) => [...setting.values]);

describe.each(allSettings)("$path", ({ path, setting }) => {
  test("can be set in a file and by a variable, and says what it is", () => {
    expect(setting.values).not.toHaveLength(0);
    expect(setting.env).not.toHaveLength(0);
    expect(setting.description).toMatch(/^\S[^\n|]*\.$/);
    expect(settingsTable()).toContain(`| \`${path}\` |`);
  });

  test("has defaults that it would accept", () => {
    for (const value of [setting.default, setting.embeddedDefault].filter((value) => value !== undefined)) {
      expect(setting.kind.schema.safeParse(value)).toEqual({ success: true, data: value });
    }
  });
});

test("no path and no variable belongs to two settings", () => {
  const variables = allSettings.flatMap(({ setting }) => [...setting.env]);
  expect(new Set(paths).size).toBe(paths.length);
  expect(new Set(variables).size).toBe(variables.length);
});

test("no path leads through another, so that a value is never a mapping and a scalar at once", () => {
  const through = paths.filter((path) => paths.some((other) => other.startsWith(`${path}.`)));
  expect(through).toEqual([]);
});

test("the reference in docs/configuration.md is the one of this code", () => {
  expect(readFileSync("docs/configuration.md", "utf8")).toContain(settingsTable());
});
