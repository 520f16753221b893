import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What the build has written; `npm test` builds before it runs. */
const DIST = join(__dirname, "../dist/ui");
const manifest = JSON.parse(readFileSync(join(DIST, ".vite/manifest.json"), "utf8")) as Readonly<
  Record<string, { readonly file: string; readonly imports?: readonly string[] }>
>;

const DEPLOYMENT = ["index.html", "src/pages/deployment/deployment-layout.tsx"];
const HISTORY = [...DEPLOYMENT, "src/pages/history/history-page.tsx"];

/** JavaScript that a page loads before it can be used, gzipped, in kB of 1,000 bytes. */
const BUDGETS: readonly (readonly [name: string, kB: number, entries: readonly string[]])[] = [
  ["sign-in", 150, ["index.html", "src/pages/sign-in/sign-in-page.tsx"]],
  ["Deployments", 150, ["index.html", "src/pages/deployments/deployments-page.tsx"]],
  ["Deploy History", 150, HISTORY],
  ["Deploy History with the rollback dialog", 200, [...HISTORY, "src/pages/rollback/rollback-dialog.tsx"]],
  ["Overview", 200, [...DEPLOYMENT, "src/pages/overview/overview-page.tsx"]],
  ["Logs", 200, [...DEPLOYMENT, "src/pages/logs/logs-page.tsx"]],
  ["Settings", 200, [...DEPLOYMENT, "src/pages/settings/settings-page.tsx"]],
  ["Access", 200, [...DEPLOYMENT, "src/pages/access/access-page.tsx"]],
  ["System", 200, ["index.html", "src/pages/system/system-page.tsx"]],
];

/** Returns the files of the entries and of all that they import before they run. */
function filesOf(entries: readonly string[]): string[] {
  const found = new Set<string>();
  const add = (key: string): void => {
    const chunk = manifest[key];
    if (chunk === undefined) throw new Error(`the build has no ${key}`);
    if (found.has(chunk.file)) return;
    found.add(chunk.file);
    chunk.imports?.forEach(add);
  };
  entries.forEach(add);
  return [...found];
}

test("every page stays within its budget", () => {
  const sizes = BUDGETS.map(([name, budget, entries]) => {
    const bytes = filesOf(entries).reduce((sum, file) => {
      const path = join(DIST, `${file}.gz`);
      if (!existsSync(path)) throw new Error(`${path} is missing`);
      return sum + readFileSync(path).byteLength;
    }, 0);
    return { name, kB: bytes / 1_000, budget };
  });
  process.stdout.write(
    sizes.map(({ name, kB, budget }) => `${kB.toFixed(1).padStart(7)} of ${budget} kB  ${name}\n`).join(""),
  );
  expect(sizes.filter(({ kB, budget }) => kB > budget)).toEqual([]);
});
