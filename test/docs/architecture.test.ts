import "reflect-metadata";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { getMetadataArgsStorage } from "typeorm";
import { entities } from "../../src/composition/entities";
import { DEPLOY_STATUSES } from "../../src/features/deploys/domain";

const ROOT = join(__dirname, "..", "..");
const text = readFileSync(join(ROOT, "docs", "architecture.md"), "utf8");

function picture(kind: string): string[] {
  const [, body = ""] = new RegExp("```mermaid\n" + kind + "[^\n]*\n([^`]*)```").exec(text) ?? [];
  return body
    .trim()
    .split("\n")
    .map((line) => line.trim());
}

test("the picture of features has the arrows that the rules allow", () => {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- a configuration in CommonJS
  const mayUse = require(join(ROOT, "scripts", "may-use.cjs")) as Record<string, string[]>;
  const arrows = Object.entries(mayUse).flatMap(([from, others]) => others.map((to) => `${from} --> ${to}`));
  const drawn = picture("flowchart");
  expect(drawn.filter((line) => line.includes("-->")).sort()).toEqual(arrows.sort());
  for (const name of Object.keys(mayUse)) expect(drawn.join("\n")).toContain(name);
});

test("the picture of the states has all of them", () => {
  const ends = picture("stateDiagram").flatMap((line) => /--> ([A-Z]+):/.exec(line)?.[1] ?? []);
  expect([...new Set(ends)].sort()).toEqual([...DEPLOY_STATUSES].sort());
});

test("the picture of the tables has every foreign key between two of them, and the text names the other tables", () => {
  const { tables, relations } = getMetadataArgsStorage();
  const ours = tables.filter(({ target }) => entities.includes(target as (typeof entities)[number]));
  const nameOf = (wanted: unknown): string =>
    ours.find(({ target }) => target === wanted || (target as { name?: string }).name === wanted)?.name ??
    String(wanted);
  const keys = relations.map(({ target, type }) => {
    const other = nameOf(typeof type === "string" ? type : (type as () => unknown)());
    return [nameOf(target), other].sort().join(" ");
  });
  const drawn = picture("erDiagram").map((line) => {
    const [one = "", , other = ""] = line.split(" ");
    return [one, other].sort().join(" ");
  });
  expect([...new Set(drawn)].sort()).toEqual([...new Set(keys)].sort());
  const inPicture = new Set(drawn.flatMap((line) => line.split(" ")));
  const missing = ours
    .map(({ name }) => name ?? "")
    .filter((name) => !inPicture.has(name) && !text.includes(`\`${name}\``));
  expect(missing).toEqual([]);
});
