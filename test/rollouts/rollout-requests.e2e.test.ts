import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { RolloutRequest } from "../../src/features/rollouts";
import {
  applyOnce,
  ask,
  createDeployment,
  deployImage,
  finish,
  headOf,
  rollBack,
  signUpAdmin,
  type BuiltDeployment,
} from "../builders/api";
import { UPSERT } from "../builders/deployment-operations";
import { ScriptedDriver } from "../builders/drivers";
import { startTestApp, type TestApp } from "../world/app";

const STEPS = `query ($id: Uuid!) { deployRevision(id: $id) {
  status steps { position name status message startedAt finishedAt }
} }`;
const SECRETS = {
  environmentVariables: [
    { key: "TOKEN", value: "s3cret", isSecret: true },
    { key: "MODE", value: "fast" },
  ],
  dagDeployment: { sshKey: "private" },
  dockerconfigjson: { auths: { "registry.example.com": { auth: "s3cret" } } },
};
const key = (byte: number): string => Buffer.alloc(32, byte).toString("base64");

let world: TestApp;
let admin: string;
const driver = new ScriptedDriver();
beforeAll(async () => {
  world = await startTestApp({ driver, env: { SECRETS__ENCRYPTION_KEYS: key(1), WORKERS__RETRY_COUNT: "3" } });
  admin = await signUpAdmin(world);
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => world.close());

let tags = 0;
async function recorded(deployment?: BuiltDeployment) {
  const of = deployment ?? (await createDeployment(world, admin));
  const tag = `requests-${++tags}`;
  const image = `registry.example.com/team/airflow:${tag}`;
  return { deployment: of, tag, revision: await deployImage(world, admin, of, { image, rollOut: false }) };
}

const stepsOf = async (id: string) => (await ask(world, STEPS, { id }, admin)).deployRevision;

/** What the driver is asked for by the next attempts. */
function watched(): RolloutRequest[] {
  const requests: RolloutRequest[] = [];
  const apply = driver.apply.bind(driver);
  jest.spyOn(driver, "apply").mockImplementation((request, signal) => {
    requests.push(request);
    return apply(request, signal);
  });
  return requests;
}

describe("the steps of a rollout", () => {
  test("are kept on the revision, with when they began and ended", async () => {
    const { revision } = await recorded();
    expect(await stepsOf(revision.id)).toEqual({ status: "INITIALIZED", steps: [] });
    await applyOnce(world, revision.id);
    const { status, steps } = await stepsOf(revision.id);
    expect(status).toBe("DEPLOYED");
    expect(steps).toEqual([
      {
        position: 1,
        name: "COME_UP",
        status: "SUCCEEDED",
        message: null,
        startedAt: expect.any(String),
        finishedAt: expect.any(String),
      },
    ]);
    expect(Date.parse(steps[0].finishedAt)).toBeGreaterThanOrEqual(Date.parse(steps[0].startedAt));
  });

  test("are seen while they run", async () => {
    const { revision, tag } = await recorded();
    const held = driver.hold(tag);
    const attempt = applyOnce(world, revision.id);
    await held.entered;
    for (let tries = 0; (await stepsOf(revision.id)).steps.length === 0 && tries < 200; tries++) await sleep(10);
    expect((await stepsOf(revision.id)).steps).toMatchObject([
      { name: "COME_UP", status: "RUNNING", finishedAt: null },
    ]);
    held.open();
    await attempt;
    expect((await stepsOf(revision.id)).steps).toMatchObject([{ name: "COME_UP", status: "SUCCEEDED" }]);
  });

  test("say why one failed, and are those of the latest attempt", async () => {
    const { revision, tag } = await recorded();
    driver.fail(tag, 1);
    await applyOnce(world, revision.id);
    expect(await stepsOf(revision.id)).toMatchObject({
      status: "INITIALIZED",
      steps: [{ position: 1, status: "FAILED", message: `${tag} did not come up` }],
    });
    await applyOnce(world, revision.id);
    expect(await stepsOf(revision.id)).toMatchObject({
      status: "DEPLOYED",
      steps: [{ position: 1, status: "SUCCEEDED", message: null }],
    });
  });

  test("are aborted where a newer revision takes over", async () => {
    const { deployment, revision, tag } = await recorded();
    const held = driver.hold(tag);
    const attempt = applyOnce(world, revision.id);
    await held.entered;
    await recorded(deployment);
    await attempt;
    expect(await stepsOf(revision.id)).toMatchObject({
      status: "SUPERSEDED",
      steps: [{ name: "COME_UP", status: "ABORTED" }],
    });
  });

  test("do not run for ever where a process died in the middle", async () => {
    const { deployment, revision, tag } = await recorded();
    const held = driver.hold(tag);
    const attempt = applyOnce(world, revision.id);
    await held.entered;
    for (let tries = 0; (await stepsOf(revision.id)).steps.length === 0 && tries < 200; tries++) await sleep(10);
    await world.database.sql.query(
      "UPDATE rollout_step SET started_at = started_at - interval '1 s' WHERE revision_id = $1",
      [revision.id],
    );
    await recorded(deployment);
    await attempt;
    // The worker did not end the step, since it is not the one that it began.
    const [row] = await world.database.sql.query("SELECT status FROM rollout_step WHERE revision_id = $1", [
      revision.id,
    ]);
    expect(row).toEqual({ status: "RUNNING" });
    expect((await stepsOf(revision.id)).steps).toMatchObject([{ status: "ABORTED" }]);
  });

  test("that a driver names wrongly, or too many of them, fail the revision for good", async () => {
    for (const [names, reason] of [
      [["come up"], 'the driver calls a step "come up"'],
      [Array<string>(21).fill("AGAIN"), "the driver has more than 20 steps"],
    ] as const) {
      const { revision } = await recorded();
      jest.spyOn(driver, "apply").mockImplementation(async ({ steps }) => {
        for (const name of names) await steps.run(name, async () => undefined);
        return "applied";
      });
      await applyOnce(world, revision.id);
      const { deployRevision } = await ask(
        world,
        "query ($id: Uuid!) { deployRevision(id: $id) { status statusReason } }",
        { id: revision.id },
        admin,
      );
      expect(deployRevision).toEqual({ status: "FAILED", statusReason: reason });
    }
  });

  test("go with the revision", async () => {
    const { deployment, revision } = await recorded();
    await finish(world, revision.id);
    await ask(
      world,
      "mutation ($id: Uuid!) { deleteDeployment(deploymentUuid: $id, deploymentHardDelete: true) { id } }",
      { id: deployment.id },
      admin,
    );
    expect(await world.database.sql.query("SELECT FROM rollout_step WHERE revision_id = $1", [revision.id])).toEqual(
      [],
    );
  });

  test("are timed in the metrics, by driver, step and status", async () => {
    const { revision } = await recorded();
    await finish(world, revision.id);
    const metrics = (await world.app.server.app.inject("/metrics")).body;
    expect(metrics).toMatch(
      /^retrograde_rollout_step_duration_seconds_count\{driver="scripted",step="COME_UP",status="SUCCEEDED"\} \d+$/m,
    );
  });
});

describe("a driver is told", () => {
  test("what ran before, under the settings of now", async () => {
    const first = await recorded();
    const requests = watched();
    await finish(world, first.revision.id);
    await ask(world, UPSERT, { deploymentUuid: first.deployment.id, ...SECRETS }, admin);
    const second = await recorded(first.deployment);
    await finish(world, second.revision.id);
    await rollBack(world, admin, first.deployment.id, first.revision.id);
    const tagsOf = ({ from, to }: RolloutRequest) => [from?.image?.tag ?? null, to.image?.tag];
    expect(requests.map(tagsOf)).toEqual([
      [null, first.tag],
      [first.tag, second.tag],
      [second.tag, first.tag],
    ]);
    expect(requests[1]?.from).toMatchObject({
      revisionId: first.revision.id,
      environmentVariables: requests[1]?.to.environmentVariables,
      generation: requests[1]?.to.generation,
    });
  });

  test("the secrets, if it asks for them, and finds none in the state", async () => {
    const { deployment, revision } = await recorded();
    await ask(world, UPSERT, { deploymentUuid: deployment.id, ...SECRETS }, admin);
    const requests = watched();
    await finish(world, revision.id);
    expect(JSON.stringify(requests[0]?.to)).not.toContain("s3cret");
    expect(requests[0]?.secrets()).toEqual({
      environmentVariables: { TOKEN: "s3cret" },
      sshKey: "private",
      dockerConfig: SECRETS.dockerconfigjson,
    });
  });

  test("that a secret cannot be decrypted, which fails the revision for good and in words", async () => {
    const other = new ScriptedDriver();
    const { deployment, revision } = await recorded();
    await ask(world, UPSERT, { deploymentUuid: deployment.id, ...SECRETS }, admin);
    const apply = other.apply.bind(other);
    jest.spyOn(other, "apply").mockImplementation((request, signal) => {
      request.secrets();
      return apply(request, signal);
    });
    const folder = await mkdtemp(join(world.dataDir, "key-"));
    const signingKey = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" });
    await writeFile(join(folder, "tls.key"), signingKey);
    const replica = await startTestApp({
      driver: other,
      database: world.database,
      // Its own key of sessions, as it cannot decrypt the kept one.
      env: { SECRETS__ENCRYPTION_KEYS: key(2), JWT__CERT_PATH: folder },
    });
    try {
      await applyOnce(replica, revision.id);
    } finally {
      await replica.close();
    }
    const [row] = await world.database.sql.query<{ status: string; reason: string }>(
      "SELECT status, status_reason AS reason FROM deploy_revision WHERE id = $1",
      [revision.id],
    );
    expect(row?.status).toBe("FAILED");
    expect(row?.reason).toMatch(/^A secret of .+ cannot be decrypted: the key \w{8} is not among those configured\./);
    expect(await headOf(world, deployment.id)).toMatchObject({ id: revision.id, status: "FAILED" });
  });
});
