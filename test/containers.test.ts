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

interface Service {
  readonly read_only?: boolean;
  readonly cap_drop: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt: readonly string[];
  readonly mem_limit: string;
  readonly pids_limit: number;
  readonly networks: readonly string[];
  readonly ports?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly volumes: readonly (string | { readonly source: string; readonly target: string })[];
}

interface Compose {
  readonly services: Readonly<Record<string, Service>> & { readonly retrograde: Service; readonly postgres: Service };
}

const compose = parse(read("docker-compose.yml"), { merge: true }) as Compose;

test.each(Object.entries(compose.services))(
  "the container %s may do little, and is reached from this machine only",
  (name, service) => {
    expect(service.cap_drop).toEqual(["ALL"]);
    expect(service.security_opt).toEqual(["no-new-privileges:true"]);
    expect(service.mem_limit).toMatch(/^\d+[mg]$/);
    expect(service.pids_limit).toBeGreaterThan(0);
    expect(service.read_only === true).toBe(!["elasticsearch", "kibana"].includes(name));
    expect(service.cap_add !== undefined).toBe(name === "postgres");
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
  },
);

test("containers share a network with the service, and with nothing else but their own kind", () => {
  const others = Object.entries(compose.services).filter(([name]) => name !== "retrograde");
  const kind = (name: string): string => ({ kibana: "elasticsearch", "minio-bucket": "minio" })[name] ?? name;
  for (const [name, { networks }] of others) {
    expect(compose.services.retrograde.networks).toEqual(expect.arrayContaining([...networks]));
    const met = others.filter(([, other]) => other.networks.some((network) => networks.includes(network)));
    expect(new Set(met.map(([other]) => kind(other)))).toEqual(new Set([kind(name)]));
  }
});

test("the service is no superuser of its database", () => {
  const { retrograde, postgres } = compose.services;
  const { username } = new URL(String(retrograde.environment["DATABASE_URL"]).replace(/\$\{[^}]*\}/g, "x"));
  expect(username).toBe("retrograde");
  expect(postgres.environment["POSTGRES_USER"]).not.toBe(username);
});

test("a values file that docker-compose.yml is given reaches the service, which starts without one too", () => {
  const { environment, volumes } = compose.services.retrograde;
  expect(volumes).toContainEqual(
    expect.objectContaining({ source: "${RETROGRADE_VALUES_FILE:-/dev/null}", target: environment["VALUES_FILE"] }),
  );
  expect(() => loadConfig({ valuesFiles: ["/dev/null"], env: {}, cwd: "/" })).not.toThrow();
});
