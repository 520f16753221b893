import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import type { JobHandler } from "../../src/infrastructure/jobs/job";
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
  signUpAdmin,
  uniqueName,
  UPDATE_IMAGE,
  userWith,
  type BuiltDeployment,
} from "../builders/api";
import { auditLinesOf } from "../builders/audit";
import { uploadDags } from "../builders/dags";
import { readDeployment } from "../builders/deployment-operations";
import { closeSockets, RawSocket, socketUrl } from "../builders/socket";
import { EVENTS_HEADER, registries, startRegistryWorld, type RegistryWorld } from "./registry-world";
import type { ImageContent } from "./registry-client";

const HISTORY = `query ($id: Uuid!) {
  deployRevisions(deploymentUuid: $id, first: 50) {
    nodes { id number type status statusReason trigger description image imageDigest runtimeVersion airflowVersion dagTarballVersion createdBy { id } source { commit url } }
  }
}`;
const LOGS =
  'query ($id: Uuid!) { logs(deploymentUuid: $id, component: "deploy-rollback", timestamp: "2020-01-01T00:00:00Z", search: "push") { message } }';

const RUNTIME = "io.astronomer.docker.runtime.version";
const AIRFLOW = "io.astronomer.docker.airflow.version";
const DESCRIPTION = "io.astronomer.deploy.revision.description";
const SKIP = "io.astronomer.skip.revision";
const OF_SOURCE = {
  "org.opencontainers.image.revision": "0a1b2c3",
  "org.opencontainers.image.source": "https://github.com/o/r",
};
const ON_RUNTIME = { [RUNTIME]: "11.5.0", [AIRFLOW]: "2.9.2" };

interface Line {
  readonly id: string;
  readonly number: number;
  readonly type: string;
  readonly status: string;
  readonly statusReason: string | null;
  readonly trigger: string;
  readonly description: string | null;
  readonly image: string;
  readonly imageDigest: string | null;
  readonly runtimeVersion: string;
  readonly airflowVersion: string | null;
  readonly dagTarballVersion: string | null;
  readonly createdBy: { readonly id: string };
  readonly source: { readonly commit: string | null; readonly url: string | null } | null;
}

/** Newest first. */
const historyOf = async (world: RegistryWorld, token: string, { id }: BuiltDeployment): Promise<Line[]> =>
  (await ask(world, HISTORY, { id }, token)).deployRevisions.nodes;
const repositoryOf = ({ releaseName }: BuiltDeployment): string => `${releaseName}/airflow`;
const logOf = async (world: RegistryWorld, token: string, { id }: BuiltDeployment): Promise<string[]> =>
  (await ask(world, LOGS, { id }, token)).logs.map(({ message }: { message: string }) => message);

async function until<T>(look: () => Promise<T>, isRight: (found: T) => boolean): Promise<T> {
  for (const end = Date.now() + 60_000; ; await sleep(25)) {
    const found = await look();
    if (isRight(found)) return found;
    if (Date.now() > end) throw new Error(`is still ${JSON.stringify(found)}`);
  }
}

describe.each(registries)("a push to $kind", (registry) => {
  let world: RegistryWorld;
  let admin: string;

  beforeAll(async () => {
    world = await startRegistryWorld(registry, {
      workers: true,
      env: { DEPLOYMENTS__DAG_DEPLOY__UPLOAD_WAIT_SECONDS: "60" },
    });
    admin = await signUpAdmin(world);
  });
  afterAll(() => world.close());

  const push = (token: string, deployment: BuiltDeployment, content?: ImageContent, tag = uniqueName("deploy")) =>
    world.client(token).push(repositoryOf(deployment), tag, content);
  const settled = (deployment: BuiltDeployment, count: number) =>
    until(
      () => historyOf(world, admin, deployment),
      (lines) => lines.length === count && lines[0]?.status !== "INITIALIZED",
    );

  test("is a deploy by whoever pushed, with what the image says of itself", async () => {
    const deployment = await createDeployment(world, admin);
    const ci = await serviceAccountWith(world, admin, "DEPLOYMENT_EDITOR", { deploymentId: deployment.id });
    const { digest } = await push(
      ci.token,
      deployment,
      { labels: { ...ON_RUNTIME, ...OF_SOURCE, [DESCRIPTION]: " dbt 1.8 ", [SKIP]: "true" } },
      "deploy-2026-11-23T10-00",
    );
    const [line] = await settled(deployment, 1);
    expect(line).toEqual({
      id: expect.any(String),
      number: 1,
      type: "IMAGE_AND_DAG",
      status: "DEPLOYED",
      statusReason: null,
      trigger: "REGISTRY_PUSH",
      description: "dbt 1.8",
      image: `${world.registryHost}/${repositoryOf(deployment)}:deploy-2026-11-23T10-00@${digest}`,
      imageDigest: digest,
      runtimeVersion: "11.5.0",
      airflowVersion: "2.9.2",
      dagTarballVersion: null,
      createdBy: { id: ci.id },
      source: { commit: "0a1b2c3", url: "https://github.com/o/r" },
    });
  });

  test.each([
    ["for several platforms", { asIndex: true }],
    ["in the format of the OCI", { oci: true }],
    ["both", { asIndex: true, oci: true }],
  ])("is read also %s", async (_name, content) => {
    const deployment = await createDeployment(world, admin);
    const { digest } = await push(admin, deployment, { ...content, labels: ON_RUNTIME });
    expect(await settled(deployment, 1)).toMatchObject([
      { imageDigest: digest, runtimeVersion: "11.5.0", status: "DEPLOYED" },
    ]);
  });

  test("with labels of a source that cannot be read is deployed without them", async () => {
    const deployment = await createDeployment(world, admin);
    const labels = { ...ON_RUNTIME, "org.opencontainers.image.revision": "two words" };
    await push(admin, deployment, { labels: { ...labels, "org.opencontainers.image.source": "git@github.com:o/r" } });
    expect(await settled(deployment, 1)).toMatchObject([{ source: null, status: "DEPLOYED" }]);
  });

  test("with a description that is too long has it cut, as an upload has", async () => {
    const deployment = await createDeployment(world, admin);
    await push(admin, deployment, { labels: { ...ON_RUNTIME, [DESCRIPTION]: "x".repeat(600) } });
    expect(await settled(deployment, 1)).toMatchObject([{ description: `${"x".repeat(499)}…`, status: "DEPLOYED" }]);
  });

  test("of an older Runtime than the Deployment was made with is a deploy, as long as nothing ran", async () => {
    const deployment = await createDeployment(world, admin);
    await push(admin, deployment, { labels: { [RUNTIME]: "11.3.0" } });
    expect(await settled(deployment, 1)).toMatchObject([{ runtimeVersion: "11.3.0", status: "DEPLOYED" }]);
  });

  test("without labels is taken to hold what runs", async () => {
    const deployment = await createDeployment(world, admin);
    await push(admin, deployment);
    expect(await settled(deployment, 1)).toMatchObject([{ runtimeVersion: "11.4.0", description: null }]);
  });

  test("and the DAGs that follow are one deploy", async () => {
    const deployment = await createDeployment(world, admin, { dagDeployment: { type: "dag_deploy" } });
    await push(admin, deployment, { labels: { ...ON_RUNTIME, [SKIP]: "true" } });
    await until(
      () => historyOf(world, admin, deployment),
      (lines) => lines.length === 1,
    );
    const { dagTarballVersion } = await uploadDags(world, admin, deployment, { "a.py": "a" });
    expect(await settled(deployment, 1)).toMatchObject([
      {
        type: "IMAGE_AND_DAG",
        trigger: "REGISTRY_PUSH",
        status: "DEPLOYED",
        dagTarballVersion,
        runtimeVersion: "11.5.0",
      },
    ]);
  });

  test("on a Deployment with DAG-only deploys does not wait for DAGs that nobody announces", async () => {
    const deployment = await createDeployment(world, admin, { dagDeployment: { type: "dag_deploy" } });
    await push(admin, deployment, { labels: ON_RUNTIME });
    expect(await settled(deployment, 1)).toMatchObject([{ type: "IMAGE_ONLY", status: "DEPLOYED" }]);
  });

  test("can be rolled back to", async () => {
    const deployment = await createDeployment(world, admin);
    const { digest } = await push(admin, deployment, { labels: { [RUNTIME]: "11.4.0" } });
    await settled(deployment, 1);
    const good = await headOf(world, deployment.id);
    await push(admin, deployment, { labels: { [RUNTIME]: "11.4.0" } });
    await settled(deployment, 2);
    await rollBack(world, admin, deployment.id, good.id);
    expect((await historyOf(world, admin, deployment))[0]).toMatchObject({
      number: 3,
      trigger: "ROLLBACK",
      imageDigest: digest,
      status: "DEPLOYED",
    });
  });

  /** Everything in an image that updateDeploymentImage refuses. */
  const REFUSED = [
    ["an older Runtime", { [RUNTIME]: "11.3.0" }, "Runtime 11.3.0 is older than Runtime 11.4.0", "11.3.0"],
    ["a Runtime that is none", { [RUNTIME]: "new" }, 'runtimeVersion: "new" is not a Runtime version', null],
    ["a Runtime below the minimum", { [RUNTIME]: "4.0.0" }, "runtimeVersion: 4.0.0 is older than 4.2.5", "4.0.0"],
    ["a Runtime of no major", { [RUNTIME]: "111.5.0" }, "runtimeVersion: there is no Runtime 111", "111.5.0"],
    ["an Airflow that is none", { [AIRFLOW]: "new" }, 'airflowVersion: "new" is not an Airflow version', null],
    ["an older Airflow", { [AIRFLOW]: "2.3.0" }, "Airflow 2.3.0 is older than Airflow 2.9.1", null],
  ] as const;

  test.each(REFUSED)("of %s is FAILED in the history", async (_name, labels, reason, runtimeVersion) => {
    const deployment = await createDeployment(world, admin);
    const ci = await serviceAccountWith(world, admin, "DEPLOYMENT_EDITOR", { deploymentId: deployment.id });
    await push(admin, deployment, { labels: { [RUNTIME]: "11.4.0" } }, "deploy-1");
    await settled(deployment, 1);
    const described = { ...labels, [DESCRIPTION]: "second" };
    const { digest } = await push(ci.token, deployment, { labels: described }, "deploy-2");
    const [line] = await settled(deployment, 2);
    expect(line).toMatchObject({
      number: 2,
      type: "IMAGE_AND_DAG",
      status: "FAILED",
      statusReason: expect.stringContaining(reason),
      trigger: "REGISTRY_PUSH",
      description: "second",
      image: `${world.registryHost}/${repositoryOf(deployment)}:deploy-2@${digest}`,
      runtimeVersion,
      createdBy: { id: ci.id },
    });
    const [message] = await logOf(world, admin, deployment);
    expect(message).toContain(`Revision 2: the push of ${line?.image ?? ""} by `);
    expect(message).toContain(`is not deployed: `);
    expect(message).toContain(reason);
  });

  test.each(REFUSED)("of %s is refused for the same reason by updateDeploymentImage", async (_name, labels, reason) => {
    const deployment = await createDeployment(world, admin);
    await deployImage(world, admin, deployment);
    await settled(deployment, 1);
    const versions = {
      runtimeVersion: (labels as Record<string, string>)[RUNTIME],
      airflowVersion: (labels as Record<string, string>)[AIRFLOW],
    };
    const { releaseName } = deployment;
    const refusal = await askInVain(
      world,
      UPDATE_IMAGE,
      { releaseName, image: "registry.example.com/a:1", ...versions },
      admin,
    );
    expect(refusal.message).toContain(reason);
  });

  test("that is refused changes nothing else, and the next one is a deploy", async () => {
    const deployment = await createDeployment(world, admin);
    await push(admin, deployment, { labels: { [RUNTIME]: "11.4.0" } });
    await settled(deployment, 1);
    const before = await readDeployment(world, admin, deployment);
    const head = await headOf(world, deployment.id);
    await push(admin, deployment, { labels: { [RUNTIME]: "11.3.0" } });
    const [refused] = await settled(deployment, 2);
    expect(await readDeployment(world, admin, deployment)).toEqual({
      ...before,
      updatedAt: expect.any(String),
      deployInfo: { ...before.deployInfo, nextCli: "deploy-3" },
    });
    expect(await headOf(world, deployment.id)).toEqual(head);
    const rollback = await askInVain(
      world,
      ROLLBACK,
      { deploymentUuid: deployment.id, deployRevisionId: refused?.id, description: "x" },
      admin,
    );
    expect(rollback.message).toContain("Revision 2 is FAILED");
    await push(admin, deployment, { labels: ON_RUNTIME });
    expect((await settled(deployment, 3)).map(({ number, status }) => [number, status])).toEqual([
      [3, "DEPLOYED"],
      [2, "FAILED"],
      [1, "DEPLOYED"],
    ]);
  });

  const OCI = "application/vnd.oci.image.manifest.v1+json";
  const OCI_CONFIG = "application/vnd.oci.image.config.v1+json";
  const EMPTY = "application/vnd.oci.empty.v1+json";
  const ofSignature = { architecture: "", os: "", config: {}, rootfs: { type: "layers", diff_ids: [] } };

  test.each<[string, string, string, object, string, object]>([
    [
      "a signature",
      `sha256-${"b".repeat(64)}.sig`,
      OCI_CONFIG,
      ofSignature,
      "application/vnd.dev.cosign.simplesigning.v1+json",
      {},
    ],
    [
      "an attestation",
      `sha256-${"b".repeat(64)}.att`,
      OCI_CONFIG,
      ofSignature,
      "application/vnd.dsse.envelope.v1+json",
      {},
    ],
    ["an SBOM", `sha256-${"b".repeat(64)}.sbom`, OCI_CONFIG, ofSignature, "text/spdx+json", {}],
    [
      "an attestation",
      "any-tag",
      EMPTY,
      {},
      "application/vnd.in-toto+json",
      { artifactType: "application/vnd.in-toto+json" },
    ],
    [
      "a Helm chart",
      "1.2.3",
      "application/vnd.cncf.helm.config.v1+json",
      {},
      "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
      {},
    ],
    [
      "a build cache of BuildKit",
      "buildcache",
      "application/vnd.buildkit.cacheconfig.v0",
      {},
      "application/vnd.oci.image.layer.v1.tar+gzip",
      {},
    ],
    [
      "something for no operating system",
      "deploy-9",
      OCI_CONFIG,
      { config: {} },
      "application/vnd.oci.image.layer.v1.tar+gzip",
      {},
    ],
  ])("of %s (%s) is no deploy, and the logs tell what it is", async (what, tag, mediaType, content, layer, extra) => {
    const deployment = await createDeployment(world, admin);
    const repository = repositoryOf(deployment);
    const client = world.client(admin);
    await push(admin, deployment, { labels: ON_RUNTIME }, "deploy-1");
    await client.pushOther(repository, tag, {
      type: OCI,
      manifest: { schemaVersion: 2, mediaType: OCI, layers: [await client.layer(repository, layer)], ...extra },
      config: { mediaType, content },
    });
    const [message] = await until(
      () => logOf(world, admin, deployment),
      (lines) => lines.length === 1,
    );
    expect(message).toContain(`${repository}:${tag}@sha256:`);
    expect(message).toContain(`is not deployed: it is no image but ${what}`);
    expect(await settled(deployment, 1)).toMatchObject([
      { status: "DEPLOYED", image: expect.stringContaining(":deploy-1@") },
    ]);
  });

  test("of an image with its attestation is one deploy", async () => {
    const deployment = await createDeployment(world, admin);
    const repository = repositoryOf(deployment);
    const client = world.client(admin);
    const { digest: image } = await client.push(repository, "parts", { oci: true, labels: ON_RUNTIME });
    const { digest: attestation } = await client.pushOther(repository, "note", {
      type: OCI,
      manifest: {
        schemaVersion: 2,
        mediaType: OCI,
        layers: [await client.layer(repository, "application/vnd.in-toto+json")],
      },
      config: { mediaType: OCI_CONFIG, content: { architecture: "unknown", os: "unknown", config: {} } },
    });
    await settled(deployment, 1);
    const type = "application/vnd.oci.image.index.v1+json";
    const entry = (digest: string, os: string, architecture: string) => ({
      mediaType: OCI,
      digest,
      size: 1,
      platform: { os, architecture },
    });
    const { digest } = await client.pushOther(repository, "deploy-1", {
      type,
      manifest: {
        schemaVersion: 2,
        mediaType: type,
        manifests: [entry(attestation, "unknown", "unknown"), entry(image, "linux", "arm64")],
      },
    });
    expect((await settled(deployment, 2))[0]).toMatchObject({
      imageDigest: digest,
      runtimeVersion: "11.5.0",
      status: "DEPLOYED",
    });
  });

  test("of `latest` is no deploy", async () => {
    const deployment = await createDeployment(world, admin);
    await push(admin, deployment, {}, "latest");
    await push(admin, deployment, {}, "deploy-2");
    expect(await settled(deployment, 1)).toMatchObject([{ image: expect.stringContaining(":deploy-2") }]);
  });
});

describe("notifications", () => {
  let world: RegistryWorld;
  let admin: string;
  let adminId: string;

  beforeAll(async () => {
    world = await startRegistryWorld(registries[0]!);
    admin = await signUpAdmin(world);
    adminId = (await ask(world, "{ self { user { id } } }", {}, admin)).self.user.id;
  });
  afterAll(() => world.close());

  const post = (payload: unknown, headers: Record<string, string> = {}) =>
    world.app.server.app.inject({
      method: "POST",
      url: "/v1/registry/events",
      headers: {
        "content-type": "application/vnd.docker.distribution.events.v1+json",
        authorization: EVENTS_HEADER,
        ...headers,
      },
      payload: typeof payload === "string" ? payload : JSON.stringify(payload),
    });

  /** A push that the registry holds, told under an event id of its own. */
  async function pushed(
    deployment: BuiltDeployment,
    { tag = uniqueName("deploy"), ...content }: ImageContent & { readonly tag?: string } = {},
  ) {
    const { digest } = await world.client(admin).push(repositoryOf(deployment), tag, content);
    // What the registry itself has told is not what is looked at here.
    await until(
      () => openOf(deployment),
      (count) => count > 0,
    );
    await world.database.sql.query("DELETE FROM registry_push WHERE deployment_id = $1 AND digest = $2", [
      deployment.id,
      digest,
    ]);
    return eventOf(deployment, { tag, digest });
  }

  const eventOf = ({ releaseName }: Pick<BuiltDeployment, "releaseName">, target: object = {}) => ({
    id: randomUUID(),
    timestamp: "2026-11-23T10:00:00Z",
    action: "push",
    target: {
      mediaType: "application/vnd.docker.distribution.manifest.v2+json",
      digest: `sha256:${"0".repeat(64)}`,
      repository: `${releaseName}/airflow`,
      tag: "deploy-1",
      ...target,
    },
    request: {
      id: randomUUID(),
      addr: "192.0.2.7:49152",
      host: "registry.example.com",
      method: "PUT",
      useragent: "docker",
    },
    actor: { name: `USER:${adminId}` },
    source: { addr: "registry:5000", instanceID: "x" },
  });
  const record = ({ id }: BuiltDeployment): Promise<void> => world.app.features.deploys.recordPushes.execute(id);
  async function openOf({ id }: BuiltDeployment): Promise<number> {
    const [row] = await world.database.sql.query<{ count: number }>(
      "SELECT count(*)::int AS count FROM registry_push WHERE deployment_id = $1 AND outcome IS NULL",
      [id],
    );
    return row?.count ?? 0;
  }

  test("count once, however often and by whomever they are told", async () => {
    const deployment = await createDeployment(world, admin);
    const event = await pushed(deployment);
    const answers = await Promise.all([post({ events: [event, event] }), post({ events: [event] })]);
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200]);
    expect(answers.reduce((sum, answer) => sum + answer.json().noted, 0)).toBe(1);
    await Promise.all([record(deployment), record(deployment)]);
    expect((await post({ events: [event] })).json()).toEqual({ noted: 0 });
    await record(deployment);
    expect(await historyOf(world, admin, deployment)).toHaveLength(1);
  });

  test("leave a line in the audit trail with the address that was pushed from", async () => {
    const deployment = await createDeployment(world, admin);
    const event = await pushed(deployment);
    await post({ events: [event] });
    await record(deployment);
    expect(await auditLinesOf(world, event.request.id)).toMatchObject([
      {
        action: "deploy_revision.record",
        actorId: adminId,
        actorType: "USER",
        address: "192.0.2.7",
        deploymentId: deployment.id,
      },
    ]);
  });

  test("are recorded in the order in which they were told, also after the registry was away", async () => {
    const deployment = await createDeployment(world, admin);
    const [one, two] = [await pushed(deployment), await pushed(deployment)];
    await post({ events: [one] });
    await post({ events: [two] });
    await world.away(async () => {
      await expect(record(deployment)).rejects.toThrow("cannot be reached");
      expect(await historyOf(world, admin, deployment)).toEqual([]);
    });
    await record(deployment);
    const lines = await historyOf(world, admin, deployment);
    expect(lines.map(({ imageDigest }) => imageDigest)).toEqual([two.target.digest, one.target.digest]);
  });

  test("wait for no more than a minute once the registry is back, however long it was away", async () => {
    const deployment = await createDeployment(world, admin);
    await post({ events: [await pushed(deployment)] });
    const key = `pushes:${deployment.id}`;
    const due = (): Promise<unknown[]> =>
      world.database.sql.query(
        "SELECT attempts, run_at < now() + interval '1 minute' AS soon FROM graphile_worker.jobs WHERE key = $1",
        [key],
      );
    await world.database.sql.query("UPDATE graphile_worker._private_jobs SET run_at = 'infinity' WHERE key = $1", [
      key,
    ]);
    await world.away(async () => {
      const job = world.app.features.jobs["deploys.record_pushes"] as JobHandler;
      const tried = (attempt: number) =>
        job(
          { deploymentId: deployment.id },
          { id: "1", attempt, log: pino({ enabled: false }), signal: new AbortController().signal },
        );
      // The queue tries again after e, e², e³ … seconds.
      for (const attempt of [1, 2, 3, 4]) await expect(tried(attempt)).rejects.toThrow("cannot be reached");
      expect(await due()).toEqual([{ attempts: 0, soon: false }]);
      await tried(5);
      expect(await due()).toEqual([{ attempts: 0, soon: true }]);
    });
  });

  test.each([
    ["a deploy", (deployment: BuiltDeployment) => deployImage(world, admin, deployment)],
    [
      "a rollback",
      async (deployment: BuiltDeployment) => {
        const first = await deployImage(world, admin, deployment);
        await deployImage(world, admin, deployment);
        await rollBack(world, admin, deployment.id, first.id);
      },
    ],
  ])("do not undo %s that came while the registry was away", async (_name, overrule) => {
    const deployment = await createDeployment(world, admin);
    const event = await pushed(deployment);
    await post({ events: [event] });
    await overrule(deployment);
    const before = await historyOf(world, admin, deployment);
    await record(deployment);
    const [refused, ...others] = await historyOf(world, admin, deployment);
    expect(others).toEqual(before);
    expect(refused).toMatchObject({
      status: "FAILED",
      statusReason: "something else was deployed before it could be recorded",
      imageDigest: event.target.digest,
    });
    // Nor does another one, told at the same time.
    await post({ events: [{ ...event, id: randomUUID() }] });
    await world.database.sql.query(
      "UPDATE registry_push SET received_at = (SELECT min(received_at) FROM registry_push WHERE deployment_id = $1) WHERE deployment_id = $1",
      [deployment.id],
    );
    await record(deployment);
    expect((await historyOf(world, admin, deployment)).map(({ status }) => status)).toEqual([
      "FAILED",
      "FAILED",
      ...before.map(({ status }) => status),
    ]);
  });

  test("that are late belong to the DAGs that were uploaded meanwhile, and come first", async () => {
    const deployment = await createDeployment(world, admin, { dagDeployment: { type: "dag_deploy" } });
    const event = await pushed(deployment, { labels: { [SKIP]: "true", ...ON_RUNTIME } });
    await post({ events: [event] });
    await uploadDags(world, admin, deployment, { "a.py": "a" });
    await finish(world, (await headOf(world, deployment.id)).id);
    expect(await historyOf(world, admin, deployment)).toMatchObject([
      { type: "IMAGE_AND_DAG", trigger: "REGISTRY_PUSH", imageDigest: event.target.digest },
    ]);
  });

  // Version 3 of the registry itself refuses such an index.
  test("of a build cache in the form of an index make no deploy", async () => {
    const deployment = await createDeployment(world, admin);
    const repository = repositoryOf(deployment);
    const client = world.client(admin);
    const type = "application/vnd.oci.image.index.v1+json";
    const manifests = [
      await client.layer(repository, "application/vnd.oci.image.layer.v1.tar+gzip"),
      await client.layer(repository, "application/vnd.buildkit.cacheconfig.v0"),
    ];
    await client.pushOther(repository, "buildcache", {
      type,
      manifest: { schemaVersion: 2, mediaType: type, manifests },
    });
    await until(
      () => openOf(deployment),
      (count) => count === 1,
    );
    await record(deployment);
    const [message] = await logOf(world, admin, deployment);
    expect(message).toContain("it is no image but a build cache of BuildKit");
    expect(await historyOf(world, admin, deployment)).toEqual([]);
  });

  test("are told in the logs only where nobody who may deploy pushed", async () => {
    const deployment = await createDeployment(world, admin);
    const viewer = await userWith(world, admin, "DEPLOYMENT_VIEWER", { deploymentId: deployment.id });
    const event = await pushed(deployment);
    const events = [
      { ...event, id: "1", actor: { name: "USER:nobody" } },
      { ...event, id: "2", actor: {} },
      { ...event, id: "3", actor: { name: `USER:${viewer.id}` } },
      { ...event, id: "4", actor: { name: `SERVICE_ACCOUNT:${adminId}` } },
    ].map((one) => ({ ...one, id: `${event.id}-${one.id}` }));
    expect((await post({ events })).json()).toEqual({ noted: 4 });
    await record(deployment);
    expect(await historyOf(world, admin, deployment)).toEqual([]);
    const reasons = (await logOf(world, admin, deployment)).map((message) =>
      message.replace(/.* is not deployed: /, ""),
    );
    const unknown = "nobody is known by the name that it was pushed under";
    expect(reasons.sort()).toEqual([unknown, unknown, unknown, "whoever pushed it may not deploy here by now"].sort());
  });

  test("that nobody can read hold up none of those behind them", async () => {
    const deployment = await createDeployment(world, admin);
    const [unreadable, next] = [await pushed(deployment, { padding: 4 * 1024 * 1024 }), await pushed(deployment)];
    await post({ events: [unreadable, next] });
    await record(deployment);
    expect(await historyOf(world, admin, deployment)).toMatchObject([
      { imageDigest: next.target.digest, status: "INITIALIZED" },
      {
        imageDigest: unreadable.target.digest,
        status: "FAILED",
        statusReason: "its description in the registry has more than 4194304 bytes",
      },
    ]);
  });

  test("of what the registry does not hold are FAILED in the history", async () => {
    const deployment = await createDeployment(world, admin);
    await post({ events: [eventOf(deployment)] });
    await record(deployment);
    expect(await historyOf(world, admin, deployment)).toMatchObject([
      { status: "FAILED", statusReason: "the registry does not hold it any more", runtimeVersion: null },
    ]);
  });

  test("that are refused are told to those who follow the history", async () => {
    const deployment = await createDeployment(world, admin);
    const event = await pushed(deployment, { labels: { [RUNTIME]: "new" } });
    const socket = await RawSocket.connect(socketUrl(world.app.server), "graphql-transport-ws");
    socket.send({ type: "connection_init", payload: { authorization: admin } });
    await socket.untilType("connection_ack");
    const query =
      "subscription ($id: Uuid!) { deployRevisionChanged(deploymentUuid: $id) { number status statusReason } }";
    const looks = jest.spyOn(world.app.features.deploys.readModel, "changedSince");
    socket.send({ id: "1", type: "subscribe", payload: { query, variables: { id: deployment.id } } });
    await until(
      async () => looks.mock.calls.length,
      (calls) => calls > 0,
    );
    looks.mockRestore();
    await post({ events: [event] });
    await record(deployment);
    const changes = () => socket.messages.flatMap(({ payload }) => payload?.data?.deployRevisionChanged ?? []);
    await socket.until(() => changes().length > 0);
    expect(changes()).toEqual([
      { number: 1, status: "FAILED", statusReason: 'runtimeVersion: "new" is not a Runtime version' },
    ]);
    closeSockets();
  });

  test("that are refused leave a rollout under way alone, and are in the audit trail", async () => {
    const deployment = await createDeployment(world, admin);
    const underWay = await deployImage(world, admin, deployment, { rollOut: false, runtimeVersion: "11.5.0" });
    const event = await pushed(deployment, { labels: { [RUNTIME]: "11.4.0" } });
    await post({ events: [event] });
    await record(deployment);
    const statuses = async () => (await historyOf(world, admin, deployment)).map(({ status }) => status);
    expect(await statuses()).toEqual(["FAILED", "INITIALIZED"]);
    expect(await auditLinesOf(world, event.request.id)).toMatchObject([
      { action: "deploy_revision.refuse", actorId: adminId, address: "192.0.2.7" },
    ]);
    await finish(world, underWay.id);
    expect(await statuses()).toEqual(["FAILED", "DEPLOYED"]);
    await deployImage(world, admin, deployment, { runtimeVersion: "11.5.0" });
    expect(await statuses()).toEqual(["DEPLOYED", "FAILED", "DEPLOYED"]);
  });

  test("of a Deployment that is deleted meanwhile do no harm", async () => {
    const deployment = await createDeployment(world, admin);
    const event = await pushed(deployment);
    await post({ events: [event] });
    await ask(
      world,
      "mutation ($id: Uuid!) { deleteDeployment(deploymentUuid: $id) { id } }",
      { id: deployment.id },
      admin,
    );
    await record(deployment);
    expect(await openOf(deployment)).toBe(0);
    expect((await post({ events: [{ ...event, id: randomUUID() }] })).json()).toEqual({ noted: 0 });
  });

  test.each<[string, object]>([
    ["a pull", { action: "pull" }],
    ["a layer", { target: { mediaType: "application/octet-stream" } }],
    ["another image", { target: { repository: "somebody/else" } }],
    ["a base image", { target: { repository: "base-images/airflow" } }],
    ["an unknown Deployment", { target: { repository: "nowhere/airflow" } }],
    ["no tag", { target: { tag: undefined } }],
    ["an empty tag", { target: { tag: "" } }],
    ["a tag that is none", { target: { tag: "a b" } }],
    ["a digest that is none", { target: { digest: "sha256:x" } }],
    ["no target", { target: null }],
    ["an id that is none", { id: 7 }],
    ["an id of which nothing is shown", { id: "\0\u200b" }],
    ["texts beyond measure", { request: { id: "x".repeat(400) } }],
  ])("of %s are passed over", async (_name, overrides) => {
    const deployment = await createDeployment(world, admin);
    const event = eventOf(deployment);
    const { target } = overrides as { target?: object | null };
    const answer = await post({
      events: [{ ...event, ...overrides, ...(target && { target: { ...event.target, ...target } }) }, null, 7],
    });
    expect([answer.statusCode, answer.json()]).toEqual([200, { noted: 0 }]);
  });

  test.each([
    ["no JSON", "{", 400],
    ["no list", { events: {} }, 400],
    ["nothing", {}, 400],
    ["null", "null", 400],
    ["too many", { events: Array.from({ length: 1_001 }, () => 1) }, 400],
    ["too much", { events: ["x".repeat(1_100_000)] }, 413],
  ])("that are none are refused: %s", async (_name, payload, status) => {
    expect((await post(payload)).statusCode).toBe(status);
  });

  test.each([
    ["Distribution 2", "application/vnd.docker.distribution.events.v1+json"],
    ["Distribution 3", "application/vnd.docker.distribution.events.v2+json"],
    ["with parameters", "application/vnd.docker.distribution.events.v2+json; charset=utf-8"],
    ["in capitals", "Application/VND.Docker.Distribution.Events.V2+JSON"],
    ["as plain JSON", "application/json"],
  ])("are taken from registries of each version: %s", async (_name, contentType) => {
    const deployment = await createDeployment(world, admin);
    const event = await pushed(deployment);
    const answer = await post({ events: [event] }, { "content-type": contentType });
    expect([answer.statusCode, answer.json()]).toEqual([200, { noted: 1 }]);
    await record(deployment);
    expect(await historyOf(world, admin, deployment)).toMatchObject([{ imageDigest: event.target.digest }]);
  });

  test.each([
    ["a later version", "application/vnd.docker.distribution.events.v3+json"],
    ["a longer name", "application/vnd.docker.distribution.events.v2+jsonp"],
    ["CloudEvents, as zot sends them", "application/cloudevents+json"],
    ["text", "text/plain"],
    ["bytes", "application/octet-stream"],
  ])("of other kinds are refused with what is taken: %s", async (_name, contentType) => {
    const deployment = await createDeployment(world, admin);
    const answer = await post({ events: [eventOf(deployment)] }, { "content-type": contentType });
    expect([answer.statusCode, answer.json().errors[0].extensions.code]).toEqual([415, "UNSUPPORTED_MEDIA_TYPE"]);
    expect(answer.json().errors[0].message).toContain("application/vnd.docker.distribution.events.v1+json");
    expect(await openOf(deployment)).toBe(0);
  });

  test("of another product in plain JSON are refused with whose are taken", async () => {
    // Harbor's form.
    const answer = await post({ type: "PUSH_ARTIFACT", event_data: {} }, { "content-type": "application/json" });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().errors[0].message).toContain("of the Distribution project's registry");
  });

  test("are taken from the registry only", async () => {
    const deployment = await createDeployment(world, admin);
    const event = eventOf(deployment);
    for (const authorization of ["", "Bearer", `Bearer ${admin}`, admin, `${EVENTS_HEADER} `.trim().slice(0, -1)]) {
      const answer = await post({ events: [event] }, { authorization });
      expect([answer.statusCode, answer.json().errors[0].extensions.code]).toEqual([401, "UNAUTHENTICATED"]);
    }
    expect(await openOf(deployment)).toBe(0);
  });

  test("are forgotten with the history that they made", async () => {
    const deployment = await createDeployment(world, admin);
    await post({ events: [eventOf(deployment), eventOf(deployment)] });
    await world.database.sql.query(
      "UPDATE registry_push SET received_at = now() - interval '91 days' WHERE id = (SELECT min(id::text)::uuid FROM registry_push WHERE deployment_id = $1)",
      [deployment.id],
    );
    await ask(world, "mutation { cleanupDeployRevisions { deletedRevisions } }", {}, admin);
    expect(await openOf(deployment)).toBe(1);
  });

  test("cannot be had where the installation does not want them", async () => {
    const env = { DEPLOYMENTS__EXPOSE_DOCKER_WEBHOOK_ENDPOINT: "false" };
    const other = await startRegistryWorld(registries[0]!, { env, database: world.database });
    try {
      const answer = await other.app.server.app.inject({
        method: "POST",
        url: "/v1/registry/events",
        headers: { authorization: EVENTS_HEADER },
        payload: { events: [] },
      });
      expect([answer.statusCode, answer.json().errors[0].extensions.code]).toEqual([403, "FEATURE_DISABLED"]);
    } finally {
      await other.close();
    }
  });

  test("and deploys by the endpoint stand in one history", async () => {
    const deployment = await createDeployment(world, admin);
    await ask(world, UPDATE_IMAGE, { releaseName: deployment.releaseName, image: "registry.example.com/a:1" }, admin);
    const event = await pushed(deployment);
    await post({ events: [event] });
    await record(deployment);
    expect((await historyOf(world, admin, deployment)).map(({ trigger, status }) => [trigger, status])).toEqual([
      ["REGISTRY_PUSH", "INITIALIZED"],
      ["IMAGE_ENDPOINT", "SUPERSEDED"],
    ]);
  });
});
