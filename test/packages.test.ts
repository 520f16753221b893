import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(__dirname, "..");
const read = (path: string): unknown => JSON.parse(readFileSync(join(root, path), "utf8"));

interface Package {
  readonly version?: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly dev?: true;
  readonly link?: true;
  readonly hasInstallScript?: true;
}

const { packages } = read("package-lock.json") as { readonly packages: Readonly<Record<string, Package>> };
const OURS = ["", "ui"];
const installed = Object.entries(packages).filter(([path, { link }]) => !OURS.includes(path) && link === undefined);

/** Licences that ask for no more than a notice. */
const ALLOWED = [
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "ISC",
  "MIT",
  "Python-2.0",
  "Unlicense",
  "(MIT AND BSD-3-Clause)",
  "(MIT OR CC0-1.0)",
];
/** For tools, and for the web client's fonts, which are files of their own. */
const ALLOWED_IN_DEVELOPMENT = [...ALLOWED, "CC-BY-4.0", "MPL-2.0", "OFL-1.1"];

test("every package has a licence that is allowed", () => {
  const others = installed
    .filter(([, { license = "none", dev }]) => !(dev ? ALLOWED_IN_DEVELOPMENT : ALLOWED).includes(license))
    .map(([path, { license }]) => `${path}: ${license}`);
  expect(others).toEqual([]);
});

test("every package is held to a checksum", () => {
  expect(installed.filter(([, { integrity }]) => !integrity?.startsWith("sha512-"))).toEqual([]);
});

test("whether its install script runs is decided for every package that has one", () => {
  const { allowScripts } = read("package.json") as { readonly allowScripts: Readonly<Record<string, boolean>> };
  const withScripts = installed
    .filter(([, { hasInstallScript }]) => hasInstallScript === true)
    .map(([path]) => path.replace(/^.*node_modules\//, ""));
  const needed = withScripts.filter((name) => name !== "fsevents");
  expect(needed.filter((name) => allowScripts[name] === undefined)).toEqual([]);
  expect(Object.entries(allowScripts).filter(([, allowed]) => allowed)).toEqual([]);
});

test("the bill of materials names what production runs, and no tools", () => {
  const folder = mkdtempSync(join(tmpdir(), "retrograde-sbom-"));
  const file = join(folder, "sbom.cdx.json");
  const { status, stderr } = spawnSync("node", ["scripts/sbom.mjs", file], { cwd: root, encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const bill = JSON.parse(readFileSync(file, "utf8")) as {
    readonly bomFormat: string;
    readonly metadata: { readonly component: { readonly name: string; readonly type: string } };
    readonly components: readonly {
      readonly name: string;
      readonly version: string;
      readonly licenses?: readonly unknown[];
    }[];
  };
  rmSync(folder, { recursive: true });
  expect(bill.bomFormat).toBe("CycloneDX");
  expect(bill.metadata.component).toMatchObject({ name: "retrograde", type: "application" });
  const named = bill.components.map(({ name, version }) => `${name}@${version}`);
  const inProduction = installed
    .filter(([, { dev }]) => dev === undefined)
    .map(([path, { version }]) => `${path.replace(/^.*node_modules\//, "")}@${version}`);
  expect(new Set(named)).toEqual(new Set(inProduction));
  expect(bill.components.filter(({ licenses }) => licenses === undefined)).toEqual([]);
});
