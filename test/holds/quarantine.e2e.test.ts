import { startTestApp, type TestApp } from "../world/app";
import {
  ask,
  askInVain,
  createDeployment,
  deployImage,
  finish,
  headOf,
  ROLLBACK,
  rollBack,
  serviceAccountWith,
  setRollbackSwitch,
  signUpAdmin,
  uniqueName,
  UPDATE_IMAGE,
  userWith,
  type BuiltDeployment,
  type BuiltRevision,
} from "../builders/api";
import { UPSERT } from "../builders/deployment-operations";
import { cliParts, dagArchive, postForm, sha256Of, uploadDags } from "../builders/dags";
import { archiveOf } from "../bundles/tar-builder";
import { ScriptedDriver } from "../builders/drivers";
import { fingerprint } from "../builders/fingerprint";
import { registries, startRegistryWorld, type RegistryWorld } from "../registry/registry-world";
import { until } from "../world/until";

const ROLL_BACK = `mutation ($deployment: Uuid!, $target: Uuid!, $quarantine: Boolean, $idempotencyKey: String) {
  rollbackDeploy(deploymentUuid: $deployment, deployRevisionId: $target, description: "it broke", quarantine: $quarantine,
    idempotencyKey: $idempotencyKey) { id number status } }`;
const QUARANTINE = `mutation ($id: Uuid!, $reason: String!) {
  quarantineDeployRevision(deployRevisionId: $id, reason: $reason) { id reason image dagBundleSha256 deployRevisionId createdBy { id type label } } }`;
const LIFT = `mutation ($id: Uuid!) { liftQuarantine(quarantineId: $id) { id reason image } }`;
const HOLDS = `query ($id: String!) { deployment(where: { id: $id }) {
  quarantines { id reason image dagBundleSha256 }
  deployRevisions { nodes { number quarantine { id } rollback { allowed blockers { code message remedy } } } } } }`;
const UNKNOWN = "01900000-0000-7000-8000-000000000000";

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
const image = (tag: string): string => `registry.example.com/team/airflow:${tag}`;

let world: TestApp;
let admin: string;
const driver = new ScriptedDriver();
beforeAll(async () => {
  world = await startTestApp({ driver, env: { LIMITS__QUARANTINES_PER_DEPLOYMENT: "3" } });
  admin = await signUpAdmin(world);
});
afterAll(() => world.close());

/** Of a Deployment: its quarantines, and what each of its revisions has, newest first. */
async function holdsOf({ id }: BuiltDeployment, on = world, token = admin) {
  const { deployment } = await ask(on, HOLDS, { id }, token);
  return { quarantines: deployment.quarantines, revisions: deployment.deployRevisions.nodes };
}

/** `good` was deployed first; `bad` runs. */
async function goodAndBad() {
  const deployment = await createDeployment(world, admin);
  const good = await deployImage(world, admin, deployment, { image: image("good"), imageDigest: digest("a") });
  const bad = await deployImage(world, admin, deployment, { image: image("bad"), imageDigest: digest("b") });
  return { deployment, good, bad };
}

async function rollBackWithQuarantine({ id }: BuiltDeployment, target: BuiltRevision): Promise<BuiltRevision> {
  const { rollbackDeploy } = await ask(
    world,
    ROLL_BACK,
    { deployment: id, target: target.id, quarantine: true },
    admin,
  );
  return finish(world, rollbackDeploy.id);
}

const deploys = (deployment: BuiltDeployment, imageName: string, imageDigest?: string) =>
  world.send(UPDATE_IMAGE, { releaseName: deployment.releaseName, image: imageName, imageDigest }, admin);
const codeOf = async (answer: Promise<{ errors: undefined | readonly { extensions: { code: string } }[] }>) =>
  (await answer).errors?.[0]?.extensions.code ?? "OK";

describe("rollbackDeploy with quarantine", () => {
  test("holds the image that it rolls back, and names who, when, why and how to lift it", async () => {
    const { deployment, good, bad } = await goodAndBad();
    await rollBackWithQuarantine(deployment, good);
    const { quarantines, revisions } = await holdsOf(deployment);
    expect(quarantines).toEqual([
      { id: expect.any(String), reason: "it broke", image: `${image("bad")}@${digest("b")}`, dagBundleSha256: null },
    ]);
    const [{ id }] = quarantines;
    expect(revisions).toMatchObject([
      { number: 3, quarantine: null },
      { number: 2, quarantine: { id }, rollback: { allowed: false, blockers: [{ code: "TARGET_QUARANTINED" }] } },
      { number: 1, quarantine: null },
    ]);
    expect(revisions[1].rollback.blockers[0].remedy).toContain(id);

    const refusal = await askInVain(
      world,
      UPDATE_IMAGE,
      { releaseName: deployment.releaseName, image: image("another-name"), imageDigest: digest("b") },
      admin,
    );
    expect(refusal).toMatchObject({
      code: "QUARANTINED",
      message: expect.stringMatching(
        /^registry\.example\.com\S+:bad@sha256:b+: quarantined by .+ at 20\S+Z: it broke\. Deploy something else, or lift the quarantine with liftQuarantine\(quarantineId: "[0-9a-f-]{36}"\)$/,
      ),
      extensions: { quarantineId: id, reason: "it broke", image: `${image("bad")}@${digest("b")}` },
    });
    expect((await askInVain(world, ROLL_BACK, { deployment: deployment.id, target: bad.id }, admin)).code).toBe(
      "TARGET_QUARANTINED",
    );
    expect((await headOf(world, deployment.id)).number).toBe(3);
  });

  test.each([
    ["the tag, where the digest is not given", image("bad"), undefined, "QUARANTINED"],
    ["the digest under another name", "mirror.example.com/x:y", digest("b"), "QUARANTINED"],
    ["the tag with another digest", image("bad"), digest("c"), "OK"],
    ["another tag", image("better"), undefined, "OK"],
    ["the same tag of another repository", "registry.example.com/other/airflow:bad", undefined, "OK"],
  ])("%s", async (_name, imageName, imageDigest, code) => {
    const { deployment, good } = await goodAndBad();
    await rollBackWithQuarantine(deployment, good);
    expect(await codeOf(deploys(deployment, imageName, imageDigest))).toBe(code);
  });

  test("holds by the tag where the digest is not known", async () => {
    const deployment = await createDeployment(world, admin);
    const good = await deployImage(world, admin, deployment);
    await deployImage(world, admin, deployment, { image: image("no-digest") });
    await rollBackWithQuarantine(deployment, good);
    expect(await codeOf(deploys(deployment, image("no-digest")))).toBe("QUARANTINED");
    expect(await codeOf(deploys(deployment, image("no-digest"), digest("c")))).toBe("QUARANTINED");
    expect(await codeOf(deploys(deployment, image("other")))).toBe("OK");
  });

  test("of DAGs alone leaves the image alone, and the other way round", async () => {
    const deployment = await createDeployment(world, admin, { dagDeployment: { type: "dag_deploy" } });
    await deployImage(world, admin, deployment, { image: image("base"), imageDigest: digest("d"), rollOut: false });
    const both = await uploadDags(world, admin, deployment, { "a.py": "good" });
    await finish(world, both.id);
    const dags = await uploadDags(world, admin, deployment, { "a.py": "bad" });
    await finish(world, dags.id);
    await rollBackWithQuarantine(deployment, both);
    const { quarantines } = await holdsOf(deployment);
    expect(quarantines).toMatchObject([{ image: null, dagBundleSha256: expect.stringMatching(/^[0-9a-f]{64}$/) }]);

    const upload = (content: string) =>
      postForm(world, deployment.releaseName, cliParts(dagArchive({ "a.py": content })), admin);
    const refused = await upload("bad");
    expect(refused.statusCode).toBe(409);
    expect(refused.body).toContain("the DAG bundle");
    // Of the same files in another archive.
    const again = archiveOf([
      { name: "dags/", type: "5" },
      { name: "./dags/a.py", content: "bad", mode: 0o600 },
    ]);
    expect((await postForm(world, deployment.releaseName, cliParts(again), admin)).statusCode).toBe(409);
    // As quarantines from before archives were packed anew know it.
    await world.database.sql.query("UPDATE content_hold SET dag_bundle_sha256 = $1 WHERE deployment_id = $2", [
      sha256Of(dagArchive({ "a.py": "bad" })),
      deployment.id,
    ]);
    expect((await upload("bad")).statusCode).toBe(409);
    // The image that runs is not put in place by them.
    expect((await upload("better")).statusCode).toBe(200);
    expect(await codeOf(deploys(deployment, image("base"), digest("d")))).toBe("OK");
  });

  test("to what runs holds the deploy that is under way", async () => {
    const deployment = await createDeployment(world, admin);
    const good = await deployImage(world, admin, deployment);
    await deployImage(world, admin, deployment, { image: image("unfinished"), rollOut: false });
    await rollBackWithQuarantine(deployment, good);
    expect((await holdsOf(deployment)).quarantines).toMatchObject([{ image: image("unfinished") }]);
  });

  test("that is refused holds nothing", async () => {
    const { deployment, bad, good } = await goodAndBad();
    const before = await fingerprint(world);
    const variables = { deployment: deployment.id, target: bad.id, quarantine: true };
    expect((await askInVain(world, ROLL_BACK, variables, admin)).code).toBe("TARGET_IS_CURRENT");
    await setRollbackSwitch(world, admin, deployment.id, false);
    expect((await askInVain(world, ROLL_BACK, { ...variables, target: good.id }, admin)).code).toBe(
      "ROLLBACK_DISABLED_FOR_DEPLOYMENT",
    );
    await setRollbackSwitch(world, admin, deployment.id, true);
    expect((await fingerprint(world))["public.content_hold"]).toEqual(before["public.content_hold"]);
  });

  test("with nothing but the versions to roll back is refused", async () => {
    const deployment = await createDeployment(world, admin);
    const one = { image: image("same"), imageDigest: digest("e") };
    const first = await deployImage(world, admin, deployment, { ...one, runtimeVersion: "11.4.0" });
    await deployImage(world, admin, deployment, { ...one, runtimeVersion: "11.5.0" });
    const variables = { deploymentUuid: deployment.id, deployRevisionId: first.id, description: "x" };
    const refusal = await askInVain(
      world,
      ROLLBACK.replace("idempotencyKey: $idempotencyKey", "idempotencyKey: $idempotencyKey, quarantine: true"),
      { ...variables, acknowledgeDataLoss: true },
      admin,
    );
    expect(refusal).toMatchObject({ code: "BAD_USER_INPUT", extensions: { argument: "quarantine" } });
  });

  test("is part of what an idempotency key stands for", async () => {
    const { deployment, good } = await goodAndBad();
    const variables = { deployment: deployment.id, target: good.id, idempotencyKey: uniqueName("key") };
    const once = await ask(world, ROLL_BACK, { ...variables, quarantine: true }, admin);
    expect(await ask(world, ROLL_BACK, { ...variables, quarantine: true }, admin)).toEqual(once);
    expect((await askInVain(world, ROLL_BACK, variables, admin)).code).toBe("IDEMPOTENCY_KEY_REUSED");
    expect((await holdsOf(deployment)).quarantines).toHaveLength(1);
  });

  test("beside a hundred deploys of that image: none is recorded after it", async () => {
    const { deployment, good } = await goodAndBad();
    const answers = await Promise.all([
      ...Array.from({ length: 50 }, () => codeOf(deploys(deployment, image("bad"), digest("b")))),
      ask(world, ROLL_BACK, { deployment: deployment.id, target: good.id, quarantine: true }, admin),
      ...Array.from({ length: 50 }, () => codeOf(deploys(deployment, image("bad"), digest("b")))),
    ]);
    const codes = answers.filter((answer): answer is string => typeof answer === "string");
    // Some may have waited too long for their turn.
    expect([...new Set(codes)].filter((code) => code !== "UNAVAILABLE").sort()).toEqual(["OK", "QUARANTINED"]);
    const head = await finish(world, (await headOf(world, deployment.id)).id);
    const accepted = codes.filter((code) => code === "OK").length;
    const [last] = await world.database.sql.query("SELECT trigger, number FROM deploy_revision WHERE id = $1", [
      head.id,
    ]);
    expect(last).toEqual({ trigger: "ROLLBACK", number: 3 + accepted });
    expect(driver.applied.get(deployment.releaseName)?.image?.digest).toBe(digest("a"));
  });
});

describe("quarantineDeployRevision and liftQuarantine", () => {
  test("what runs goes on running, and is refused once it is lifted no longer", async () => {
    const { deployment, good, bad } = await goodAndBad();
    const { quarantineDeployRevision: hold } = await ask(world, QUARANTINE, { id: bad.id, reason: " leaks " }, admin);
    expect(hold).toMatchObject({ reason: "leaks", deployRevisionId: bad.id, createdBy: { type: "USER" } });
    expect(await codeOf(deploys(deployment, image("bad"), digest("b")))).toBe("QUARANTINED");
    // A hold on what runs does not keep anybody from leaving it.
    expect((await rollBack(world, admin, deployment.id, good.id)).status).toBe("DEPLOYED");

    expect((await ask(world, LIFT, { id: hold.id }, admin)).liftQuarantine).toEqual({
      id: hold.id,
      reason: "leaks",
      image: hold.image,
    });
    expect((await askInVain(world, LIFT, { id: hold.id }, admin)).code).toBe("NOT_FOUND");
    expect(await codeOf(deploys(deployment, image("bad"), digest("b")))).toBe("OK");
  });

  test("the switch for rollbacks does not lift it, nor does it count for other Deployments", async () => {
    const { deployment, bad } = await goodAndBad();
    const other = await createDeployment(world, admin);
    await ask(world, QUARANTINE, { id: bad.id, reason: "x" }, admin);
    await setRollbackSwitch(world, admin, deployment.id, false);
    expect(await codeOf(deploys(deployment, image("bad"), digest("b")))).toBe("QUARANTINED");
    expect(await codeOf(deploys(other, image("bad"), digest("b")))).toBe("OK");
  });

  test("is told in the logs and in the audit trail, and so is each refusal", async () => {
    const { deployment, bad } = await goodAndBad();
    const { quarantineDeployRevision: hold } = await ask(world, QUARANTINE, { id: bad.id, reason: "x" }, admin);
    await deploys(deployment, image("bad"), digest("b"));
    await ask(world, LIFT, { id: hold.id }, admin);
    const events = await world.database.sql.query<{ event: string; quarantineId: string }>(
      `SELECT fields->>'event' AS event, fields->>'quarantineId' AS "quarantineId" FROM log_line
       WHERE deployment_id = $1 AND fields ? 'quarantineId' ORDER BY id`,
      [deployment.id],
    );
    expect(events).toEqual(
      ["quarantined", "deploy_refused", "quarantine_lifted"].map((event) => ({ event, quarantineId: hold.id })),
    );
    const audited = await world.database.sql.query(
      `SELECT action, object_id AS object, details FROM audit_line
       WHERE deployment_id = $1 AND details ? 'quarantineId' ORDER BY id`,
      [deployment.id],
    );
    expect(audited).toEqual([
      { action: "deploy_revision.quarantine", object: bad.id, details: { quarantineId: hold.id, reason: "x" } },
      {
        action: "deployment.refuse_deploy",
        object: deployment.id,
        details: { quarantineId: hold.id, trigger: "IMAGE_ENDPOINT" },
      },
      { action: "deploy_revision.lift_quarantine", object: bad.id, details: { quarantineId: hold.id } },
    ]);
  });

  test("a revision is quarantined once, and a Deployment has so many quarantines", async () => {
    const { deployment, good, bad } = await goodAndBad();
    const third = await deployImage(world, admin, deployment);
    const fourth = await deployImage(world, admin, deployment);
    await ask(world, QUARANTINE, { id: bad.id, reason: "x" }, admin);
    const again = await askInVain(world, QUARANTINE, { id: bad.id, reason: "y" }, admin);
    expect(again).toMatchObject({ code: "CONFLICT", message: expect.stringContaining("Revision 2") });
    await ask(world, QUARANTINE, { id: good.id, reason: "x" }, admin);
    await ask(world, QUARANTINE, { id: third.id, reason: "x" }, admin);
    const refusal = await askInVain(world, QUARANTINE, { id: fourth.id, reason: "x" }, admin);
    expect(refusal).toMatchObject({ code: "LIMIT_REACHED", extensions: { limit: 3 } });
  });

  test("an image that is under way and held is not completed by DAGs", async () => {
    const deployment = await createDeployment(world, admin, { dagDeployment: { type: "dag_deploy" } });
    const head = await deployImage(world, admin, deployment, { rollOut: false });
    await ask(world, QUARANTINE, { id: head.id, reason: "x" }, admin);
    const answer = await postForm(world, deployment.releaseName, cliParts(dagArchive({ "a.py": "a" })), admin);
    expect(answer.statusCode).toBe(409);
  });

  test.each([
    ["an unknown revision", QUARANTINE, { id: UNKNOWN, reason: "x" }, "NOT_FOUND"],
    ["a malformed revision", QUARANTINE, { id: "nonsense", reason: "x" }, "NOT_FOUND"],
    ["an unknown quarantine", LIFT, { id: UNKNOWN }, "NOT_FOUND"],
    ["a malformed quarantine", LIFT, { id: "nonsense" }, "NOT_FOUND"],
  ])("refuses %s", async (_name, query, variables, code) => {
    const before = await fingerprint(world);
    expect((await askInVain(world, query, variables, admin)).code).toBe(code);
    expect(await fingerprint(world)).toEqual(before);
  });

  test.each([
    ["a blank reason", "  "],
    ["a long reason", "x".repeat(501)],
  ])("refuses %s", async (_name, reason) => {
    const { bad } = await goodAndBad();
    const refusal = await askInVain(world, QUARANTINE, { id: bad.id, reason }, admin);
    expect(refusal).toMatchObject({ code: "BAD_USER_INPUT", extensions: { argument: "reason" } });
  });
});

describe("who may lift a quarantine", () => {
  test("a person with deployment.config.update, and no service account", async () => {
    const { deployment, bad } = await goodAndBad();
    const place = { deploymentId: deployment.id };
    const { quarantineDeployRevision: hold } = await ask(world, QUARANTINE, { id: bad.id, reason: "x" }, admin);
    const viewer = await userWith(world, admin, "DEPLOYMENT_VIEWER", place);
    const robot = await serviceAccountWith(world, admin, "DEPLOYMENT_ADMIN", place);
    const stranger = await userWith(world, admin, "WORKSPACE_ADMIN", {
      workspaceId: (await createDeployment(world, admin)).workspaceId,
    });
    const before = await fingerprint(world);
    expect((await askInVain(world, LIFT, { id: hold.id }, viewer.token)).code).toBe("FORBIDDEN");
    expect((await askInVain(world, LIFT, { id: hold.id }, robot.token)).code).toBe("PERSON_REQUIRED");
    expect((await askInVain(world, LIFT, { id: hold.id }, stranger.token)).message).toBe("Quarantine not found");
    expect((await fingerprint(world))["public.content_hold"]).toEqual(before["public.content_hold"]);
    const editor = await userWith(world, admin, "DEPLOYMENT_EDITOR", place);
    expect((await ask(world, LIFT, { id: hold.id }, editor.token)).liftQuarantine.id).toBe(hold.id);
  });

  test("a service account too where the installation lets it", async () => {
    const open = await startTestApp({
      database: world.database,
      env: { DEPLOYMENTS__DEPLOY_ROLLBACK__SERVICE_ACCOUNTS_MAY_LIFT_QUARANTINES: "true" },
    });
    try {
      const { deployment, bad } = await goodAndBad();
      const { quarantineDeployRevision: hold } = await ask(open, QUARANTINE, { id: bad.id, reason: "x" }, admin);
      const robot = await serviceAccountWith(open, admin, "DEPLOYMENT_EDITOR", { deploymentId: deployment.id });
      expect((await ask(open, LIFT, { id: hold.id }, robot.token)).liftQuarantine.id).toBe(hold.id);
    } finally {
      await open.close();
    }
  });
});

describe("all ways in", () => {
  let registry: RegistryWorld;
  let token: string;
  beforeAll(async () => {
    registry = await startRegistryWorld(registries[0]!, {
      workers: true,
      env: { DEPLOYMENTS__DAG_DEPLOY__UPLOAD_WAIT_SECONDS: "1" },
    });
    token = await signUpAdmin(registry);
  });
  afterAll(() => registry.close());

  test("refuse what a rollback has quarantined, and take other content", async () => {
    const deployment = await createDeployment(registry, token, { dagDeployment: { type: "dag_deploy" } });
    const { id, releaseName } = deployment;
    const settled = async (number: number) =>
      until(
        () => headOf(registry, id).catch(() => null),
        (head) => head?.number === number && head.status === "DEPLOYED",
      ).then(() => headOf(registry, id));
    const push = (content: string, tag = uniqueName("deploy")) =>
      registry.client(token).push(`${releaseName}/airflow`, tag, { nonce: content });
    const upload = (content: string) =>
      postForm(registry, releaseName, cliParts(dagArchive({ "a.py": content })), token);
    const byEndpoint = (tag: string, imageDigest: string) =>
      registry.send(
        UPDATE_IMAGE,
        { releaseName, image: `${registry.registryHost}/${releaseName}/airflow:${tag}`, imageDigest },
        token,
      );
    const byUpsert = (imageDigest: string) =>
      registry.send(
        UPSERT,
        { deploymentUuid: id, image: `${registry.registryHost}/${releaseName}/airflow@${imageDigest}` },
        token,
      );

    await push("good");
    await settled(1);
    await upload("good");
    const good = await settled(2);
    const bad = await push("bad", "bad");
    await settled(3);
    await upload("bad");
    await settled(4);
    await ask(registry, ROLL_BACK, { deployment: id, target: good.id, quarantine: true }, token);
    await settled(5);
    expect((await holdsOf(deployment, registry, token)).quarantines).toMatchObject([
      { image: expect.stringContaining(bad.digest), dagBundleSha256: expect.any(String) },
    ]);

    const refusals = async (): Promise<number> =>
      (
        await registry.database.sql.query(
          "SELECT 1 FROM log_line WHERE deployment_id = $1 AND fields->>'event' = 'deploy_refused'",
          [id],
        )
      ).length;
    expect(await codeOf(byEndpoint("renamed", bad.digest))).toBe("QUARANTINED");
    expect(await codeOf(byUpsert(bad.digest))).toBe("QUARANTINED");
    expect((await upload("bad")).statusCode).toBe(409);
    expect(await refusals()).toBe(3);
    expect((await headOf(registry, id)).number).toBe(5);
    // Nobody waits for the answer to a push: the refusal is a line of the history.
    await push("bad", "bad-again");
    const refused = await until(
      async () =>
        (
          await registry.database.sql.query<{ status: string; reason: string }>(
            "SELECT status, status_reason AS reason FROM deploy_revision WHERE deployment_id = $1 AND number = 6",
            [id],
          )
        )[0],
      (revision) => revision !== undefined,
    );
    expect(refused).toEqual({ status: "FAILED", reason: expect.stringContaining("quarantine") });
    expect((await headOf(registry, id)).number).toBe(5);

    const other = await push("better");
    await settled(7);
    await upload("better");
    await settled(8);
    expect(await codeOf(byUpsert(other.digest))).toBe("OK");
    await settled(9);
    expect(await codeOf(byEndpoint("x", digest("f")))).toBe("OK");
    expect((await headOf(registry, id)).number).toBe(10);
  });
});
