// Writes a CycloneDX bill of materials of what production runs: npm run sbom [-- FILE]
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

const file = process.argv[2] ?? "dist/sbom.cdx.json";
// From the lock file alone, so that it is the same wherever it is made and whatever is installed.
const args = ["sbom", "--sbom-format=cyclonedx", "--sbom-type=application", "--package-lock-only"];
const { status, stdout, stderr } = spawnSync("npm", args, { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
if (status !== 0) {
  process.stderr.write(stderr);
  process.exit(1);
}
const bill = JSON.parse(stdout);
// npm names it after the folder that it is made in.
bill.metadata.component.name = "retrograde";
// `npm sbom --omit=dev` leaves out what tools and production share, too; the lock file tells the two apart. The web client's
// workspace is part of this project, and has only what its build needs.
const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8"));
const inProduction = new Set(
  Object.entries(packages)
    .filter(([path, { dev, link }]) => path.includes("node_modules/") && !dev && !link)
    .map(([path, { version }]) => `${path.replace(/^.*node_modules\//, "")}@${version}`),
);
bill.components = bill.components.filter((component) => inProduction.has(component["bom-ref"]));
for (const { properties = [] } of bill.components) {
  const at = properties.findIndex(({ name }) => name === "cdx:npm:package:development");
  if (at >= 0) properties.splice(at, 1);
}
const kept = new Set([bill.metadata.component, ...bill.components].map((component) => component["bom-ref"]));
bill.dependencies = bill.dependencies
  .filter(({ ref }) => kept.has(ref))
  .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((one) => kept.has(one)) }));
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, `${JSON.stringify(bill, null, 2)}\n`);
process.stdout.write(`${bill.components.length} packages in ${file}\n`);
