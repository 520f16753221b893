import { z } from "zod";
import { describe, placeOf } from "./check-value";
import type { Origin, ValuesVariable } from "./given-values";
import { find, type ValuesNode } from "./values-tree";

const ENV = "astronomer.houston.env";
const SECRET = "astronomer.houston.secret";

/** Variables of a values.yaml that the platform's chart gives to the API's container. */
export interface ValuesEnvironment {
  readonly variables: ReadonlyMap<string, ValuesVariable>;
  /** Variables whose values are kept in the cluster. */
  readonly unreadable: readonly UnreadableVariable[];
}

interface UnreadableVariable {
  readonly name: string;
  /** Completes the sentence "… is". */
  readonly where: string;
  readonly origin: Origin;
}

const Reference = z.object({ name: z.string().optional() }).optional();
const EnvEntry = z
  .looseObject({
    name: z.string().min(1),
    value: z.union([z.string(), z.number(), z.boolean()]).nullish(),
    valueFrom: z.object({ secretKeyRef: Reference, configMapKeyRef: Reference }).nullish(),
  })
  // Kubernetes takes a name alone as an empty value; `val` is a slip.
  .refine((entry) => "value" in entry || "valueFrom" in entry || Object.keys(entry).length === 1);
const SecretEntry = z.object({ envName: z.string().min(1), secretName: z.string().optional() });

/**
 * Reads `astronomer.houston.env`, a list of `{ name, value }` as for a container, and `astronomer.houston.secret`, a
 * list of `{ envName, secretName, secretKey }`. Of two entries with one name the later counts, as in Kubernetes.
 */
export function readValuesEnvironment(values: ValuesNode, problems: string[]): ValuesEnvironment {
  const variables = new Map<string, ValuesVariable>();
  const unreadable: UnreadableVariable[] = [];
  for (const { entry, origin } of entriesOf(values, ENV, EnvEntry, "a variable with name and value", problems)) {
    const { name, value, valueFrom } = entry;
    const at: Origin = { ...origin, path: `${ENV}.${name}` };
    variables.delete(name);
    if (valueFrom) unreadable.push({ name, where: whereIs(valueFrom), origin: at });
    else if (value !== undefined && value !== null) variables.set(name, { text: String(value), origin: at });
  }
  const secrets = "a variable with envName, secretName and secretKey";
  for (const { entry, origin } of entriesOf(values, SECRET, SecretEntry, secrets, problems)) {
    const at: Origin = { ...origin, path: `${SECRET}.${entry.envName}` };
    unreadable.push({ name: entry.envName, where: inSecret(entry.secretName), origin: at });
  }
  return { variables, unreadable };
}

/**
 * Sentences about variables that are kept in the cluster and missing in the real environment.
 * `known`: the names of all variables that are settings. `near`: the one that another name resembles.
 */
export function warnOfUnreadable(
  unreadable: readonly UnreadableVariable[],
  env: Readonly<Record<string, string | undefined>>,
  { known, near }: { readonly known: ReadonlySet<string>; readonly near: (name: string) => string | undefined },
): string[] {
  return unreadable
    .filter(({ name }) => (env[name] ?? "") === "")
    .map(({ name, where, origin }) => {
      const what = `${placeOf(origin)} is ${where}, which is not read here`;
      if (known.has(name)) return `${what}: set the environment variable ${name}`;
      const meant = near(name);
      return `${what}; no setting has that name${meant === undefined ? "" : `: did you mean ${meant}?`}`;
    });
}

type FileOrigin = Extract<Origin, { kind: "file" }>;

function entriesOf<T>(
  values: ValuesNode,
  path: string,
  schema: z.ZodType<T>,
  expected: string,
  problems: string[],
): { readonly entry: T; readonly origin: FileOrigin }[] {
  const node = find(values, path);
  if (node === undefined || (node.kind === "mapping" && node.entries.size === 0)) return [];
  const origin: FileOrigin = { kind: "file", path, ...node.place };
  if (node.kind === "mapping" || !Array.isArray(node.value)) {
    const found = describe(node.kind === "mapping" ? {} : node.value);
    problems.push(`${placeOf(origin)}: expected a list, each ${expected}, found ${found}`);
    return [];
  }
  return node.value.flatMap((item: unknown, index) => {
    const result = schema.safeParse(item);
    if (result.success) return { entry: result.data, origin };
    problems.push(`${placeOf(origin, [index])}: expected ${expected}`);
    return [];
  });
}

function whereIs({ secretKeyRef, configMapKeyRef }: NonNullable<z.infer<typeof EnvEntry>["valueFrom"]>): string {
  if (secretKeyRef !== undefined) return inSecret(secretKeyRef.name);
  if (configMapKeyRef !== undefined) return `in the Kubernetes config map ${configMapKeyRef.name ?? ""}`.trimEnd();
  return "filled in by Kubernetes";
}

const inSecret = (name = ""): string => `in the Kubernetes secret ${name}`.trimEnd();
