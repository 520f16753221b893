import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { loadConfig } from "../src/config";

const read = (path: string): string => readFileSync(join(__dirname, "..", path), "utf8");

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: true; readonly optional?: true }>>;
}

test.each(["x64", "arm64"])(
  "the image keeps what hashes passwords on %s, which is an optional package",
  (architecture) => {
    const { packages } = JSON.parse(read("package-lock.json")) as Lock;
    const native = packages[`node_modules/@node-rs/argon2-linux-${architecture}-gnu`];
    expect(native).toBeDefined();
    const omitted = [...read("Dockerfile").matchAll(/--omit=(dev|optional)/g)].map(
      ([, kind]) => kind as "dev" | "optional",
    );
    expect(omitted).toContain("dev");
    expect(omitted.filter((kind) => native?.[kind] === true)).toEqual([]);
  },
);

interface Compose {
  readonly services: {
    readonly retrograde: {
      readonly environment: { readonly VALUES_FILE: string };
      readonly volumes: readonly (string | { readonly source: string; readonly target: string })[];
    };
  };
}

test("a values file that docker-compose.yml is given reaches the service, which starts without one too", () => {
  const { environment, volumes } = (parse(read("docker-compose.yml")) as Compose).services.retrograde;
  expect(volumes).toContainEqual(
    expect.objectContaining({ source: "${RETROGRADE_VALUES_FILE:-/dev/null}", target: environment.VALUES_FILE }),
  );
  expect(() => loadConfig({ valuesFiles: ["/dev/null"], env: {}, cwd: "/" })).not.toThrow();
});
