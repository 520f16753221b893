import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ask, askInVain, createDeployment, createWorkspace, signUpAdmin, type BuiltDeployment } from "../builders/api";
import { DELETE, readDeployment, rowOf, secretsOf, SET_VARIABLES, UPSERT } from "../builders/deployment-operations";
import { fingerprint } from "../builders/fingerprint";
import { startTestApp, type TestApp } from "../world/app";

const SECRET = "s3cret-of-many-characters";
const key = (byte: number): string => Buffer.alloc(32, byte).toString("base64");
const SETTINGS = {
  environmentVariables: [
    { key: "TOKEN", value: SECRET, isSecret: true },
    { key: "MODE", value: "fast" },
  ],
  dagDeployment: { sshKey: SECRET },
  dockerconfigjson: { auths: { "registry.example.com": { auth: SECRET } } },
};
const OPENED = { variables: { TOKEN: SECRET }, sshKey: SECRET, dockerConfigJson: SETTINGS.dockerconfigjson };

let world: TestApp;
let admin: string;
let keyFolder: string;
let ownKey: { JWT__CERT_PATH: string };
beforeAll(async () => {
  // The key of sessions is the replicas' own: without the key that sealed it a start would be refused.
  keyFolder = await mkdtemp(join(tmpdir(), "retrograde-key-"));
  const signingKey = join(keyFolder, "tls.key");
  await writeFile(signingKey, generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }));
  ownKey = { JWT__CERT_PATH: signingKey };
  world = await startTestApp({ env: { ...ownKey, SECRETS__ENCRYPTION_KEYS: key(1) } });
  admin = await signUpAdmin(world);
});
afterAll(async () => {
  await world.close();
  await rm(keyFolder, { recursive: true });
});

async function withSecrets(): Promise<BuiltDeployment> {
  const deployment = await createDeployment(world, admin);
  await ask(world, UPSERT, { deploymentUuid: deployment.id, ...SETTINGS }, admin);
  return deployment;
}

/** As a version that encrypted nothing would have left it. */
async function inPlainText(deployment: BuiltDeployment): Promise<void> {
  await world.database.sql.query(
    "UPDATE deployment SET environment_variables = $2, dag_deployment = $3, docker_config_json = $4 WHERE id = $1",
    [
      deployment.id,
      JSON.stringify(SETTINGS.environmentVariables.map((variable) => ({ isSecret: false, ...variable }))),
      JSON.stringify({ rev: "v1", ...SETTINGS.dagDeployment }),
      JSON.stringify(SETTINGS.dockerconfigjson),
    ],
  );
}

/** Starts once more on the same database, with these keys. */
async function restart(keys: string): Promise<void> {
  const replica = await startTestApp({ database: world.database, env: { ...ownKey, SECRETS__ENCRYPTION_KEYS: keys } });
  await replica.close();
}

const everyRow = async (): Promise<string> =>
  JSON.stringify(await world.database.sql.query("SELECT d::text FROM deployment d"));

test("no secret is in the database as it was given, and every one is there", async () => {
  const deployment = await withSecrets();
  expect(await everyRow()).not.toContain(SECRET);
  expect(await secretsOf(world, deployment)).toEqual(OPENED);
});

test("a secret is tied to its Deployment: somebody else's cannot be put in its place", async () => {
  const [one, other] = [await withSecrets(), await createDeployment(world, admin)];
  await world.database.sql.query(
    "UPDATE deployment SET environment_variables = (SELECT environment_variables FROM deployment WHERE id = $2) WHERE id = $1",
    [other.id, one.id],
  );
  await expect(secretsOf(world, other)).rejects.toThrow("belongs somewhere else");
});

test("secrets that an older version left in plain text are never answered, and are encrypted at the next start", async () => {
  const deployments = [await withSecrets(), await withSecrets()];
  const [first, deleted] = deployments as [BuiltDeployment, BuiltDeployment];
  for (const deployment of deployments) await inPlainText(deployment);
  await ask(world, DELETE, { deploymentId: deleted.id }, admin);
  expect(JSON.stringify(await readDeployment(world, admin, first))).not.toContain(SECRET);

  const { updated_at: changedAt } = await rowOf(world, first);
  await Promise.all([restart(key(1)), restart(key(1))]);
  expect(await everyRow()).not.toContain(SECRET);
  for (const deployment of deployments) expect(await secretsOf(world, deployment)).toEqual(OPENED);
  expect(await rowOf(world, first)).toMatchObject({ updated_at: changedAt, dag_deployment: { rev: "v1" } });
});

test("one that stands there in plain text is kept, encrypted, where a client sends it without its value", async () => {
  const deployment = await withSecrets();
  await inPlainText(deployment);
  const { id: deploymentId, releaseName } = deployment;
  await ask(
    world,
    SET_VARIABLES,
    { deploymentId, releaseName, environmentVariables: [{ key: "TOKEN", isSecret: true }] },
    admin,
  );
  expect((await rowOf(world, deployment))["environment_variables"]).toEqual([
    { key: "TOKEN", isSecret: true, sealed: expect.not.stringContaining(SECRET) },
  ]);
  await restart(key(1));
  expect(await secretsOf(world, deployment)).toEqual(OPENED);
});

test("keys can be changed: the new one comes first, and after a start the old one can go", async () => {
  const deployment = await withSecrets();
  await restart(`${key(2)},${key(1)}`);
  expect(await secretsOf(world, deployment, [key(2)])).toEqual(OPENED);
  await restart(`${key(1)},${key(2)}`);
  expect(await secretsOf(world, deployment, [key(1)])).toEqual(OPENED);
});

test("a start without the key that sealed leaves everything as it is, and new secrets can be set", async () => {
  const deployment = await withSecrets();
  const before = await fingerprint(world);
  const replica = await startTestApp({
    database: world.database,
    env: { ...ownKey, SECRETS__ENCRYPTION_KEYS: key(3) },
  });
  try {
    expect(await fingerprint(world)).toEqual(before);
    await ask(replica, UPSERT, { deploymentUuid: deployment.id, ...SETTINGS }, admin);
    expect(await secretsOf(world, deployment, [key(3)])).toEqual(OPENED);
  } finally {
    await replica.close();
  }
  await restart(`${key(1)},${key(3)}`);
});

describe("without a key", () => {
  let keyless: TestApp;
  beforeAll(async () => {
    keyless = await startTestApp({ database: world.database, env: { ...ownKey, SECRETS__ENCRYPTION_KEYS: "" } });
  });
  afterAll(() => keyless.close());

  test.each([
    ["a secret environment variable", { environmentVariables: SETTINGS.environmentVariables }],
    ["a git key", { dagDeployment: SETTINGS.dagDeployment }],
    ["registry credentials", { dockerconfigjson: SETTINGS.dockerconfigjson }],
  ])("%s is not taken, and the setting is named", async (_name, settings) => {
    const { id } = await createDeployment(world, admin);
    const workspaceUuid = await createWorkspace(world, admin);
    const before = await fingerprint(world);
    for (const target of [{ deploymentUuid: id }, { workspaceUuid, label: "New" }]) {
      const refusal = await askInVain(keyless, UPSERT, { ...target, ...settings }, admin);
      expect(refusal).toMatchObject({
        code: "FEATURE_DISABLED",
        extensions: { setting: "astronomer.houston.config.secrets.encryptionKeys" },
      });
      expect(refusal.message).not.toContain(SECRET);
    }
    expect(await fingerprint(world)).toEqual(before);
  });

  test("everything else works, and secrets that are there already stay", async () => {
    const deployment = await withSecrets();
    const { id: deploymentId, releaseName } = deployment;
    await ask(
      keyless,
      SET_VARIABLES,
      {
        deploymentId,
        releaseName,
        environmentVariables: [
          { key: "TOKEN", isSecret: true },
          { key: "PLAIN", value: "1" },
        ],
      },
      admin,
    );
    expect(await secretsOf(world, deployment)).toEqual(OPENED);
  });

  test("it does not start while secrets lie there in plain text, and says what to do", async () => {
    const deployment = await withSecrets();
    await inPlainText(deployment);
    await expect(
      startTestApp({ database: world.database, env: { ...ownKey, SECRETS__ENCRYPTION_KEYS: "" } }),
    ).rejects.toThrow(/1 Deployment.*SECRETS__ENCRYPTION_KEYS/);
    await restart(key(1));
    expect(await secretsOf(world, deployment)).toEqual(OPENED);
  });
});
