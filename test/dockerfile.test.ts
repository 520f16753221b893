import { readFileSync } from "node:fs";
import { join } from "node:path";

const read = (path: string): string => readFileSync(join(__dirname, "..", path), "utf8");

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: true; readonly optional?: true }>>;
}

test.each(["x64", "arm64"])("the image keeps what hashes passwords on %s, which is an optional package", (architecture) => {
  const { packages } = JSON.parse(read("package-lock.json")) as Lock;
  const native = packages[`node_modules/@node-rs/argon2-linux-${architecture}-gnu`];
  expect(native).toBeDefined();
  const omitted = [...read("Dockerfile").matchAll(/--omit=(dev|optional)/g)].map(([, kind]) => kind as "dev" | "optional");
  expect(omitted).toContain("dev");
  expect(omitted.filter((kind) => native?.[kind] === true)).toEqual([]);
});
