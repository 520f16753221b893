import { createServer, type Server } from "node:http";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ask,
  askInVain,
  createDeployment,
  createWorkspace,
  deployImage,
  headOf,
  ROLLBACK,
  rollBack,
  signUp,
  signUpAdmin,
  uniqueName,
  UPDATE_IMAGE,
  userWith,
  type BuiltDeployment,
} from "../builders/api";
import { fingerprint } from "../builders/fingerprint";
import { sha256 } from "./registry-client";
import { registries, startRegistryWorld, type RegistryWorld } from "./registry-world";

/** Pushes are not noted, so that nothing is written but by what is tested. */
const VALIDATED = {
  DEPLOYMENTS__ENABLE_UPDATE_DEPLOYMENT_IMAGE_ENDPOINT_DOCKER_VALIDATION: "true",
  DEPLOYMENTS__EXPOSE_DOCKER_WEBHOOK_ENDPOINT: "false",
};
const PLAN = `query ($id: Uuid!, $to: Uuid!) {
  rollbackPlan(deploymentUuid: $id, deployRevisionId: $to) { allowed blockers { code message } warnings { code message } }
}`;
const UPSERT = `mutation ($workspaceUuid: Uuid, $deploymentUuid: Uuid, $label: String, $image: String) {
  upsertDeployment(workspaceUuid: $workspaceUuid, deploymentUuid: $deploymentUuid, label: $label, image: $image, runtimeVersion: "11.4.0") { id }
}`;
const WARNED = "IMAGE_UNVERIFIED";

const digestOf = async (world: RegistryWorld, deployment: { readonly id: string }): Promise<string | null> => {
  const { id } = await headOf(world, deployment.id);
  const [row] = await world.database.sql.query<{ digest: string | null }>(
    "SELECT image_digest AS digest FROM deploy_revision WHERE id = $1",
    [id],
  );
  return row?.digest ?? null;
};

describe.each(registries)("an image in $kind", (registry) => {
  let world: RegistryWorld;
  let admin: string;
  let deployment: BuiltDeployment;

  beforeAll(async () => {
    world = await startRegistryWorld(registry, { env: VALIDATED });
    admin = await signUpAdmin(world);
    deployment = await createDeployment(world, admin);
  });
  afterAll(() => world.close());

  const push = async (to: BuiltDeployment = deployment) => {
    const tag = uniqueName("deploy");
    const { digest } = await world.client(admin).push(`${to.releaseName}/airflow`, tag);
    return { digest, tag, image: `${world.registryHost}/${to.releaseName}/airflow:${tag}` };
  };
  const refusedWithoutTrace = async (query: string, variables: object, token = admin) => {
    const before = await fingerprint(world);
    const refusal = await askInVain(world, query, variables, token);
    expect(await fingerprint(world)).toEqual(before);
    return refusal;
  };
  const issuesOf = async (id: string, to: string): Promise<Record<string, string>> => {
    const { rollbackPlan } = await ask(world, PLAN, { id, to }, admin);
    return Object.fromEntries(
      [...rollbackPlan.blockers, ...rollbackPlan.warnings].map(({ code, message }) => [code, message]),
    );
  };

  test("is deployed with its digest", async () => {
    const { digest, image } = await push();
    await deployImage(world, admin, deployment, { image });
    expect(await digestOf(world, deployment)).toBe(digest);
    await deployImage(world, admin, deployment, { image: `${image.split(":").slice(0, 2).join(":")}@${digest}` });
    expect(await digestOf(world, deployment)).toBe(digest);
  });

  test("is deployed with its digest by upsertDeployment, new or changed", async () => {
    const { digest, image } = await push();
    const { upsertDeployment } = await ask(
      world,
      UPSERT,
      { workspaceUuid: deployment.workspaceId, label: uniqueName("new"), image },
      admin,
    );
    expect(await digestOf(world, upsertDeployment)).toBe(digest);
    const again = await push();
    await ask(world, UPSERT, { deploymentUuid: upsertDeployment.id, image: again.image }, admin);
    expect(await digestOf(world, upsertDeployment)).toBe(again.digest);
  });

  test.each([
    ["is not there", () => `${world.registryHost}/${deployment.releaseName}/airflow:never`],
    [
      "is there under another digest",
      () => `${world.registryHost}/${deployment.releaseName}/airflow@sha256:${"0".repeat(64)}`,
    ],
    ["is no Deployment's", () => `${world.registryHost}/somebody/else:1`],
  ])("that %s is refused", async (_name, image) => {
    const expected = { code: "BAD_USER_INPUT", message: "image: is not in its registry, or not yours to deploy" };
    expect(
      await refusedWithoutTrace(UPDATE_IMAGE, { releaseName: deployment.releaseName, image: image() }),
    ).toMatchObject(expected);
    expect(await refusedWithoutTrace(UPSERT, { deploymentUuid: deployment.id, image: image() })).toMatchObject(
      expected,
    );
    expect(
      await refusedWithoutTrace(UPSERT, { workspaceUuid: deployment.workspaceId, label: "New", image: image() }),
    ).toMatchObject(expected);
  });

  test("of a Deployment that one may not pull from is as good as not there", async () => {
    const other = await createDeployment(world, admin);
    const { image } = await push(other);
    const editor = await userWith(world, admin, "DEPLOYMENT_EDITOR", { deploymentId: deployment.id });
    const variables = { releaseName: deployment.releaseName, image, runtimeVersion: "11.4.0" };
    expect((await refusedWithoutTrace(UPDATE_IMAGE, variables, editor.token)).message).toContain("not yours to deploy");
    await ask(world, UPDATE_IMAGE, variables, admin);
  });

  test("is not looked up for whoever may not deploy it", async () => {
    const stranger = await signUp(world, { by: admin });
    const viewer = await userWith(world, admin, "DEPLOYMENT_VIEWER", { deploymentId: deployment.id });
    const image = `${world.registryHost}/${deployment.releaseName}/airflow:never`;
    const variables = { releaseName: deployment.releaseName, image };
    expect((await refusedWithoutTrace(UPDATE_IMAGE, variables, stranger.token)).code).toBe("NOT_FOUND");
    expect((await refusedWithoutTrace(UPDATE_IMAGE, variables, viewer.token)).code).toBe("FORBIDDEN");
    expect((await refusedWithoutTrace(UPSERT, { deploymentUuid: deployment.id, image }, viewer.token)).code).toBe(
      "FORBIDDEN",
    );
    const workspaceUuid = await createWorkspace(world, admin);
    expect((await refusedWithoutTrace(UPSERT, { workspaceUuid, label: "New", image }, stranger.token)).code).toBe(
      "NOT_FOUND",
    );
  });

  test("that is gone cannot be rolled back to, and one that is there can", async () => {
    const target = await createDeployment(world, admin);
    const there = await push(target);
    const first = await deployImage(world, admin, target, { image: there.image });
    const second = await deployImage(world, admin, target, { image: (await push(target)).image });
    await deployImage(world, admin, target, { image: (await push(target)).image });
    expect(await issuesOf(target.id, first.id)).not.toHaveProperty(WARNED);
    await world.database.sql.query("UPDATE deploy_revision SET image_digest = $2 WHERE id = $1", [
      second.id,
      `sha256:${"0".repeat(64)}`,
    ]);
    const message = expect.stringContaining("The registry no longer holds the image of revision 2");
    expect(await issuesOf(target.id, second.id)).toMatchObject({ IMAGE_MISSING: message });
    const refusal = await refusedWithoutTrace(ROLLBACK, {
      deploymentUuid: target.id,
      deployRevisionId: second.id,
      description: "x",
    });
    expect(refusal).toMatchObject({ code: "IMAGE_MISSING", message });
    expect((await rollBack(world, admin, target.id, first.id)).status).toBe("DEPLOYED");
  });

  test("holds no deploy up for ever, and no rollback at all, while the registry is away", async () => {
    const target = await createDeployment(world, admin);
    const first = await deployImage(world, admin, target, { image: (await push(target)).image });
    const { image } = await push(target);
    await deployImage(world, admin, target, { image });
    await world.away(async () => {
      const refusal = await refusedWithoutTrace(UPDATE_IMAGE, { releaseName: deployment.releaseName, image });
      expect(refusal).toMatchObject({ code: "UNAVAILABLE", message: expect.stringContaining("cannot be reached") });
      expect(await issuesOf(target.id, first.id)).toMatchObject({
        [WARNED]: expect.stringContaining("cannot be reached"),
      });
      expect((await rollBack(world, admin, target.id, first.id)).status).toBe("DEPLOYED");
    });
  });
});

describe("where the installation does not verify images before they are deployed", () => {
  let world: RegistryWorld;
  let admin: string;
  beforeAll(async () => {
    world = await startRegistryWorld(registries[0]!, {
      env: { DEPLOYMENTS__EXPOSE_DOCKER_WEBHOOK_ENDPOINT: "false" },
    });
    admin = await signUpAdmin(world);
  });
  afterAll(() => world.close());

  const deployed = async (deployment: BuiltDeployment, image: string): Promise<string> =>
    (await deployImage(world, admin, deployment, { image })).id;
  const planOf = async (deployment: BuiltDeployment, to: string, token = admin) => {
    const { rollbackPlan } = await ask(world, PLAN, { id: deployment.id, to }, token);
    const codes = (issues: { code: string }[]) => issues.map(({ code }) => code);
    return { blockers: codes(rollbackPlan.blockers), warnings: codes(rollbackPlan.warnings) };
  };

  test("they are looked for before a rollback all the same, in the installation's own registry", async () => {
    const deployment = await createDeployment(world, admin);
    const repository = `${deployment.releaseName}/airflow`;
    const { digest } = await world.client(admin).push(repository, "there");
    const there = await deployed(deployment, `${world.registryHost}/${repository}:there@${digest}`);
    const gone = await deployed(deployment, `${world.registryHost}/${repository}:gone@sha256:${"0".repeat(64)}`);
    await deployed(deployment, `${world.registryHost}/${repository}:there@${digest}`);
    await deployed(deployment, `${world.registryHost}/${repository}:last`);
    expect(await planOf(deployment, there)).toEqual({ blockers: [], warnings: ["SKIPS_DEPLOYS"] });
    expect((await planOf(deployment, gone)).blockers).toEqual(["IMAGE_MISSING"]);
    const rollback = { deploymentUuid: deployment.id, deployRevisionId: gone, description: "x" };
    expect((await askInVain(world, ROLLBACK, rollback, admin)).code).toBe("IMAGE_MISSING");
    await world.away(async () => expect((await planOf(deployment, gone)).warnings).toContain(WARNED));
    expect((await rollBack(world, admin, deployment.id, there)).status).toBe("DEPLOYED");
  });

  test("nobody looks into another registry, or for an image that is not the caller's to pull", async () => {
    const [deployment, other] = [await createDeployment(world, admin), await createDeployment(world, admin)];
    const editor = await userWith(world, admin, "DEPLOYMENT_EDITOR", { deploymentId: deployment.id });
    const foreign = await deployed(deployment, "registry.example.com/team/airflow:1");
    const others = await deployed(deployment, `${world.registryHost}/${other.releaseName}/airflow:never`);
    await deployed(deployment, "registry.example.com/team/airflow:2");
    expect(await planOf(deployment, foreign)).toEqual({ blockers: [], warnings: expect.arrayContaining([WARNED]) });
    expect(await planOf(deployment, others, editor.token)).toEqual({
      blockers: [],
      warnings: expect.arrayContaining([WARNED]),
    });
    expect((await planOf(deployment, others)).blockers).toEqual(["IMAGE_MISSING"]);
  });

  test("an image that is deployed is taken at its word", async () => {
    const deployment = await createDeployment(world, admin);
    await deployImage(world, admin, deployment, { image: `${world.registryHost}/nowhere/airflow:never` });
    expect(await digestOf(world, deployment)).toBeNull();
  });
});

describe("an image in somebody else's registry", () => {
  const MANIFEST = JSON.stringify({ schemaVersion: 2, config: { digest: `sha256:${"1".repeat(64)}` } });
  const PASSWORD = `Basic ${Buffer.from("bot:s3cret").toString("base64")}`;
  const asked: string[] = [];
  const servers: Server[] = [];
  let folder: string;
  let world: RegistryWorld;
  let admin: string;
  let deployment: BuiltDeployment;
  let hosts: Readonly<Record<"basic" | "bearer" | "open" | "broken" | "endless" | "strange", string>>;

  /** A registry's answers to one host, in a few lines each. */
  async function host(
    answer: (
      path: string,
      authorization: string | undefined,
      self: string,
    ) => { status: number; headers?: Record<string, string>; body?: string | Buffer },
  ): Promise<string> {
    const server = createServer(({ url = "", headers }, response) => {
      asked.push(`${headers.host} ${url} ${headers.authorization ?? ""}`);
      const { status, headers: given = {}, body = "" } = answer(url, headers.authorization, `http://${headers.host}`);
      response.writeHead(status, given).end(body);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `localhost:${(server.address() as AddressInfo).port}`;
  }

  let thief: string;
  const manifest = (path: string) =>
    path === "/v2/team/airflow/manifests/1" ? { status: 200, body: MANIFEST } : { status: 404 };

  beforeAll(async () => {
    thief = await host(() => ({ status: 200, body: '{"token":"t"}' }));
    hosts = {
      strange: await host((path) =>
        path.startsWith("/v2/redirected/")
          ? { status: 307, headers: { location: `http://${thief}${path}` } }
          : { status: 401, headers: { "www-authenticate": `Bearer realm="http://${thief}/token",service="s"` } },
      ),
      basic: await host((path, authorization) =>
        authorization === PASSWORD
          ? manifest(path)
          : { status: 401, headers: { "www-authenticate": 'Basic realm="x"' } },
      ),
      bearer: await host((path, authorization, self) => {
        if (path.startsWith("/token?"))
          return authorization === PASSWORD ? { status: 200, body: '{"access_token":"t"}' } : { status: 401 };
        return authorization === "Bearer t"
          ? manifest(path)
          : { status: 401, headers: { "www-authenticate": `Bearer realm="${self}/token",service="s"` } };
      }),
      open: await host(manifest),
      broken: await host(() => ({ status: 500, body: "oops" })),
      endless: await host(() => ({ status: 200, body: Buffer.alloc(5_000_000) })),
    };
    folder = await mkdtemp(join(tmpdir(), "retrograde-auths-"));
    const auth = PASSWORD.slice("Basic ".length);
    await writeFile(
      join(folder, "config.json"),
      JSON.stringify({
        auths: {
          [hosts.basic]: { auth },
          [hosts.strange]: { auth },
          [`https://${hosts.bearer}/v2/`]: { username: "bot", password: "s3cret" },
        },
        credsStore: "x",
      }),
    );
    world = await startRegistryWorld(registries[0]!, {
      env: {
        ...VALIDATED,
        REGISTRY__CREDENTIALS_FILE: join(folder, "config.json"),
        REGISTRY__ANONYMOUS_HOSTS: [hosts.bearer, hosts.open, hosts.broken, hosts.endless, hosts.strange].join(","),
        REGISTRY__PROTECTED_CUSTOM_REGISTRY__UPDATE_REGISTRY__HOST: `${hosts.basic}/team/airflow`,
      },
    });
    admin = await signUpAdmin(world);
    deployment = await createDeployment(world, admin);
  });
  afterAll(async () => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
    await world.close();
    await rm(folder, { recursive: true });
  });

  test.each(["basic", "bearer", "open"] as const)("is found: %s", async (name) => {
    await deployImage(world, admin, deployment, { image: `${hosts[name]}/team/airflow:1` });
    expect(await digestOf(world, deployment)).toBe(sha256(Buffer.from(MANIFEST)));
    expect(
      (
        await askInVain(
          world,
          UPDATE_IMAGE,
          { releaseName: deployment.releaseName, image: `${hosts[name]}/team/airflow:2` },
          admin,
        )
      ).code,
    ).toBe("BAD_USER_INPUT");
  });

  test("is asked for with the scope that it takes", () => {
    expect(asked.find((line) => line.includes("/token?"))).toBe(
      `${hosts.bearer} /token?scope=repository%3Ateam%2Fairflow%3Apull&service=s ${PASSWORD}`,
    );
  });

  test("is not asked for with anybody else's password", () => {
    expect(asked.filter((line) => line.startsWith(hosts.open) && !line.endsWith(" "))).toEqual([]);
  });

  test.each([
    ["that answers with an error", "broken", "answers 500"],
    ["that does not end", "endless", "has more than 4194304 bytes"],
  ] as const)("%s cannot be verified", async (_name, name, message) => {
    const refusal = await askInVain(
      world,
      UPDATE_IMAGE,
      { releaseName: deployment.releaseName, image: `${hosts[name]}/team/airflow:1` },
      admin,
    );
    expect(refusal).toMatchObject({ code: "UNAVAILABLE", message: expect.stringContaining(message) });
  });

  test("that the installation does not name is never asked", async () => {
    const secret = await host(manifest);
    const refusal = await askInVain(
      world,
      UPDATE_IMAGE,
      { releaseName: deployment.releaseName, image: `${secret}/team/airflow:1` },
      admin,
    );
    expect(refusal).toMatchObject({
      code: "BAD_USER_INPUT",
      message: expect.stringContaining(`${secret} is no registry that this installation asks for team/airflow`),
    });
    expect(asked.filter((line) => line.startsWith(secret))).toEqual([]);
  });

  test.each([
    ["is not below the path that is named", () => `${hosts.basic}/other/airflow:1`],
    ["is beside the path that is named", () => `${hosts.basic}/team/airflow-secret:1`],
  ])("that %s is never asked for", async (_name, image) => {
    const before = asked.length;
    const refusal = await askInVain(
      world,
      UPDATE_IMAGE,
      { releaseName: deployment.releaseName, image: image() },
      admin,
    );
    expect(refusal).toMatchObject({
      code: "BAD_USER_INPUT",
      message: expect.stringContaining("is no registry that this installation asks for"),
    });
    expect(asked.length).toBe(before);
  });

  test.each([
    ["names another host for its tokens", "team/airflow:1"],
    ["redirects to another host of a private network", "redirected/airflow:1"],
  ])("of a registry that %s cannot be verified, and that host is not asked", async (_name, image) => {
    const variables = { releaseName: deployment.releaseName, image: `${hosts.strange}/${image}` };
    expect((await askInVain(world, UPDATE_IMAGE, variables, admin)).code).toBe("UNAVAILABLE");
    expect(asked.filter((line) => line.startsWith(thief))).toEqual([]);
  });

  test("cannot be verified without the file that holds its password", async () => {
    await writeFile(join(folder, "config.json"), "{");
    const refusal = await askInVain(
      world,
      UPDATE_IMAGE,
      { releaseName: deployment.releaseName, image: `${hosts.basic}/team/airflow:1` },
      admin,
    );
    expect(refusal).toMatchObject({
      code: "UNAVAILABLE",
      message: expect.stringContaining("file with the credentials"),
    });
  });
});
