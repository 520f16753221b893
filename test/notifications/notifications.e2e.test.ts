import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import {
  ask,
  askInVain,
  createDeployment,
  createWorkspace,
  deployImage,
  headOf,
  neverAborted,
  rollBack,
  signUp,
  signUpAdmin,
  userWith,
  type BuiltDeployment,
} from "../builders/api";
import { TestClock } from "../builders/clock";
import { startTestApp, type TestApp } from "../world/app";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const clock = new TestClock();

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Takes events, and answers as it is told to; a status of 0 breaks the connection off. */
class Receiver {
  readonly received: Received[] = [];
  answer: () => number = () => 204;
  url = "";
  private readonly server: Server = createServer((request, response) => {
    void text(request).then((body) => {
      this.received.push({ headers: request.headers, body });
      const status = this.answer();
      if (status === 0) request.socket.destroy();
      else response.writeHead(status, { location: `${this.url}/elsewhere` }).end();
    });
  });

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  events(from = 0): { id: string; type: string; data: Record<string, unknown> }[] {
    return this.received.slice(from).map(({ body }) => JSON.parse(body));
  }
}

const FIELDS = "id workspaceUuid label url format events deploymentUuids enabled secret";
const CREATE = `mutation ($url: String!, $workspaceUuid: Uuid, $input: WebhookInput) {
  createWebhook(url: $url, workspaceUuid: $workspaceUuid, input: $input) { ${FIELDS} } }`;
const UPDATE = `mutation ($id: Uuid!, $url: String, $input: WebhookInput) { updateWebhook(webhookId: $id, url: $url, input: $input) { ${FIELDS} } }`;
const DELETE = "mutation ($id: Uuid!) { deleteWebhook(webhookId: $id) { id } }";
const LIST = `query ($workspaceUuid: Uuid) { webhooks(workspaceUuid: $workspaceUuid) { ${FIELDS} } }`;
const DELIVERY =
  "id eventId eventType message deploymentUuid status attempts responseStatus error nextAttemptAt finishedAt";
const DELIVERIES = `query ($id: Uuid!, $first: Int, $after: String) {
  webhookDeliveries(webhookId: $id, first: $first, after: $after) { nodes { ${DELIVERY} } pageInfo { hasNextPage endCursor } } }`;
const TEST = `mutation ($id: Uuid!) { testWebhook(webhookId: $id) { ${DELIVERY} } }`;
const REDELIVER = `mutation ($id: Uuid!) { redeliverWebhook(deliveryId: $id) { ${DELIVERY} } }`;
const HOLD = 'mutation ($id: Uuid!) { quarantineDeployRevision(deployRevisionId: $id, reason: "bad") { id } }';
const LIFT = "mutation ($id: Uuid!) { liftQuarantine(quarantineId: $id) { id } }";

let world: TestApp;
let admin: string;
let receiver: Receiver;
beforeAll(async () => {
  world = await startTestApp({
    clock: clock.now,
    env: { NOTIFICATIONS__ALLOW_PRIVATE_ADDRESSES: "true", LIMITS__WEBHOOKS: "3" },
  });
  admin = await signUpAdmin(world);
});
afterAll(() => world.close());
beforeEach(async () => {
  receiver = new Receiver();
  await receiver.start();
});
afterEach(() => receiver.stop());

async function webhookOn(deployment: BuiltDeployment, input: object = {}) {
  const variables = { url: `${receiver.url}/hook`, workspaceUuid: deployment.workspaceId, input };
  const { createWebhook } = await ask(world, CREATE, variables, admin);
  return createWebhook as { id: string; secret: string };
}

const deliver = (webhookId: string, deploymentId: string | null, on = world): Promise<void> =>
  on.app.features.notifications.deliver.execute({ webhookId, deploymentId }, neverAborted);

const deliveriesOf = async (id: string) =>
  (await ask(world, DELIVERIES, { id, first: 100 }, admin)).webhookDeliveries.nodes;

describe("a webhook", () => {
  test("is created, read, changed and deleted; its secret is shown once and sealed", async () => {
    const workspaceUuid = await createWorkspace(world, admin);
    const url = "https://hooks.example.com/a?b=c";
    const { createWebhook: created } = await ask(world, CREATE, { url, workspaceUuid }, admin);
    expect(created).toMatchObject({ workspaceUuid, label: "hooks.example.com", format: "CLOUDEVENTS", enabled: true });
    expect(created.events).toHaveLength(7);
    expect(Buffer.from(created.secret.replace("whsec_", ""), "base64")).toHaveLength(32);
    const [row] = await world.database.sql.query<{ sealed_secret: string }>("SELECT * FROM webhook WHERE id = $1", [
      created.id,
    ]);
    expect(row?.sealed_secret).toMatch(/^v1\./);
    expect((await ask(world, LIST, { workspaceUuid }, admin)).webhooks).toEqual([{ ...created, secret: null }]);
    const input = { label: "chat", format: "SLACK", events: ["DEPLOY_FINISHED"], enabled: false };
    const { updateWebhook: changed } = await ask(world, UPDATE, { id: created.id, input }, admin);
    expect(changed).toEqual({ ...created, secret: null, ...input });
    await ask(world, DELETE, { id: created.id }, admin);
    expect((await ask(world, LIST, { workspaceUuid }, admin)).webhooks).toEqual([]);
    const lines = await world.database.sql.query<{ action: string; details: object }>(
      "SELECT action, details FROM audit_line WHERE object_id = $1 ORDER BY id",
      [created.id],
    );
    expect(lines.map(({ action }) => action)).toEqual(["webhook.create", "webhook.update", "webhook.delete"]);
    expect(JSON.stringify(lines)).not.toContain("b=c");
  });

  test.each([
    ["no URL", { url: "hooks" }, "url"],
    ["another protocol", { url: "ftp://hooks.example.com" }, "url"],
    ["a password in the URL", { url: "https://a:b@hooks.example.com" }, "url"],
    ["a long URL", { url: `https://hooks.example.com/${"a".repeat(2_000)}` }, "url"],
    ["no events", { input: { events: [] } }, "events"],
    [
      "an unknown Deployment",
      { input: { deploymentUuids: ["01900000-0000-7000-8000-000000000000"] } },
      "deploymentUuids",
    ],
    ["no Deployment's id", { input: { deploymentUuids: ["x"] } }, "deploymentUuids"],
    ["an empty label", { input: { label: " " } }, "label"],
  ])("with %s is refused", async (_name, wrong, argument) => {
    const workspaceUuid = await createWorkspace(world, admin);
    const variables = { url: "https://hooks.example.com", workspaceUuid, ...wrong };
    const { code, extensions } = await askInVain(world, CREATE, variables, admin);
    expect({ code, argument: extensions["argument"] }).toEqual({ code: "BAD_USER_INPUT", argument });
    expect((await ask(world, LIST, { workspaceUuid }, admin)).webhooks).toEqual([]);
  });

  test("is for those who configure the Workspace, and is limited in number, also when created at once", async () => {
    const workspaceUuid = await createWorkspace(world, admin);
    const url = "https://hooks.example.com";
    const stranger = (await signUp(world, { by: admin })).token;
    const viewer = (await userWith(world, admin, "WORKSPACE_VIEWER", { workspaceId: workspaceUuid })).token;
    expect((await askInVain(world, CREATE, { url, workspaceUuid }, stranger)).code).toBe("NOT_FOUND");
    expect((await askInVain(world, CREATE, { url, workspaceUuid }, viewer)).code).toBe("FORBIDDEN");
    expect((await askInVain(world, CREATE, { url }, viewer)).code).toBe("FORBIDDEN");
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => world.send(CREATE, { url, workspaceUuid }, admin)),
    );
    const codes = answers.map(({ errors }) => errors?.[0]?.extensions.code ?? "OK").sort();
    expect(codes).toEqual(["LIMIT_REACHED", "LIMIT_REACHED", "OK", "OK", "OK"]);
    const system = (await ask(world, CREATE, { url }, admin)).createWebhook;
    expect((await askInVain(world, DELETE, { id: system.id }, viewer)).code).toBe("NOT_FOUND");
    await ask(world, DELETE, { id: system.id }, admin);
  });
});

describe("events", () => {
  test("are told in order, as signed CloudEvents", async () => {
    const deployment = await createDeployment(world, admin);
    const { id, secret } = await webhookOn(deployment);
    const first = await deployImage(world, admin, deployment);
    await deployImage(world, admin, deployment);
    await rollBack(world, admin, deployment.id, first.id);
    const head = await headOf(world, deployment.id);
    const { quarantineDeployRevision: hold } = await ask(world, HOLD, { id: head.id }, admin);
    await ask(world, LIFT, { id: hold.id }, admin);
    await deliver(id, deployment.id);
    expect(receiver.events().map(({ type, data }) => [type, data["revisionNumber"], data["status"]])).toEqual([
      ["deploy.created", 1, undefined],
      ["deploy.finished", 1, "DEPLOYED"],
      ["deploy.created", 2, undefined],
      ["deploy.finished", 2, "DEPLOYED"],
      ["rollback.started", 3, undefined],
      ["rollback.finished", 3, "DEPLOYED"],
      ["hold.created", 3, undefined],
      ["hold.lifted", 3, undefined],
    ]);
    for (const { headers, body } of receiver.received) {
      const event = JSON.parse(body);
      expect(event).toMatchObject({
        specversion: "1.0",
        subject: deployment.releaseName,
        datacontenttype: "application/json",
      });
      expect(headers["content-type"]).toBe("application/cloudevents+json");
      expect(headers["webhook-id"]).toBe(event.id);
      const signed = `${event.id}.${headers["webhook-timestamp"]}.${body}`;
      const key = Buffer.from(secret.slice("whsec_".length), "base64");
      expect(headers["webhook-signature"]).toBe(`v1,${createHmac("sha256", key).update(signed).digest("base64")}`);
    }
  });

  test("are told only where they are asked for, and not once the webhook is off", async () => {
    const deployment = await createDeployment(world, admin);
    const { workspaceId } = deployment;
    const neighbour = await createDeployment(world, admin, { workspaceId });
    const abroad = await createDeployment(world, admin);
    const { id } = await webhookOn(deployment, { events: ["DEPLOY_FINISHED"], deploymentUuids: [deployment.id] });
    for (const one of [deployment, neighbour, abroad]) await deployImage(world, admin, one);
    for (const one of [deployment, neighbour, abroad]) await deliver(id, one.id);
    expect(receiver.events().map(({ type, data }) => [type, data["deploymentId"]])).toEqual([
      ["deploy.finished", deployment.id],
    ]);
    await deployImage(world, admin, deployment);
    await ask(world, UPDATE, { id, input: { enabled: false } }, admin);
    await deployImage(world, admin, deployment);
    await deliver(id, deployment.id);
    expect(receiver.received).toHaveLength(1);
    const [last, before] = await deliveriesOf(id);
    expect(last).toMatchObject({ status: "FAILED", error: "The webhook was switched off" });
    expect(before.status).toBe("DELIVERED");
    expect((await askInVain(world, REDELIVER, { id: before.id }, admin)).code).toBe("CONFLICT");
    expect((await askInVain(world, TEST, { id }, admin)).code).toBe("CONFLICT");
  });

  test("of a change that is rolled back are not told", async () => {
    const deployment = await createDeployment(world, admin);
    const { id } = await webhookOn(deployment);
    await deployImage(world, admin, deployment);
    const before = (await deliveriesOf(id)).length;
    const head = await headOf(world, deployment.id);
    await world.send(HOLD, { id: head.id });
    await askInVain(
      world,
      'mutation ($id: Uuid!) { cancelDeploy(deployRevisionId: $id, description: "x") { id } }',
      { id: head.id },
      admin,
    );
    expect(await deliveriesOf(id)).toHaveLength(before);
  });

  test("come as messages to Slack and Teams", async () => {
    const deployment = await createDeployment(world, admin);
    for (const format of ["SLACK", "TEAMS"]) {
      const { id } = await webhookOn(deployment, { format, label: `<${format}> *x*` });
      await ask(world, TEST, { id }, admin);
      await deliver(id, null);
    }
    const [slack, teams] = receiver.received.map(({ body }) => JSON.parse(body));
    expect(slack.text).toContain("A test of the webhook &lt;SLACK&gt; *x* by ");
    expect(teams.attachments[0].content.body[0].text).toContain("\\<TEAMS\\> \\*x\\*");
  });
});

describe("where the receiver fails", () => {
  test("for an hour, every event arrives in order once per id, from two processes of which one loses answers", async () => {
    const deployment = await createDeployment(world, admin);
    const { id } = await webhookOn(deployment);
    const other = await startTestApp({
      clock: clock.now,
      database: world.database,
      dataDir: world.dataDir,
      env: { NOTIFICATIONS__ALLOW_PRIVATE_ADDRESSES: "true" },
    });
    try {
      receiver.answer = () => 503;
      const both = () => Promise.all([deliver(id, deployment.id), deliver(id, deployment.id, other)]);
      for (let minute = 0; minute < 60; minute += 1) {
        if (minute % 20 === 0) await deployImage(world, admin, deployment);
        await both();
        clock.pass(MINUTE_MS);
      }
      const tried = receiver.events();
      expect(new Set(tried.map((event) => event.id)).size).toBe(1);
      expect(tried.length).toBeGreaterThan(8);
      expect(tried.length).toBeLessThan(20);
      // It is back, but each second answer is lost.
      const from = receiver.received.length;
      let answers = 0;
      receiver.answer = () => (answers++ % 2 === 0 ? 0 : 200);
      for (let minute = 0; minute < 60; minute += 1) {
        await both();
        clock.pass(MINUTE_MS);
      }
      const expected = await world.database.sql.query<{ id: string }>(
        "SELECT event->>'id' AS id FROM webhook_delivery WHERE webhook_id = $1 ORDER BY position",
        [id],
      );
      const arrived = receiver.events(from).map((event) => event.id);
      expect(arrived.filter((one, index) => arrived.indexOf(one) === index)).toEqual(expected.map((one) => one.id));
      // Sent again only where the answer was lost, and right after it.
      expect(arrived.filter((one, index) => one !== arrived[index - 1])).toHaveLength(expected.length);
      expect((await deliveriesOf(id)).every(({ status }: { status: string }) => status === "DELIVERED")).toBe(true);
    } finally {
      await other.app.stop();
    }
  });

  test("an attempt whose process dies is made again once its claim has run out", async () => {
    const deployment = await createDeployment(world, admin);
    const { id } = await webhookOn(deployment, { events: ["DEPLOY_CREATED"] });
    await deployImage(world, admin, deployment);
    const dying = new AbortController();
    receiver.answer = () => {
      dying.abort(new Error("the process dies"));
      return 0;
    };
    const line = { webhookId: id, deploymentId: deployment.id };
    await expect(world.app.features.notifications.deliver.execute(line, dying.signal)).rejects.toThrow(
      "the process dies",
    );
    receiver.answer = () => 204;
    await deliver(id, deployment.id);
    expect(receiver.received).toHaveLength(1);
    clock.pass(MINUTE_MS);
    await deliver(id, deployment.id);
    const [one, two, ...more] = receiver.events();
    expect(one?.id).toBe(two?.id);
    expect(more).toEqual([]);
  });

  test("for a day, it is given up, and can be sent again under its id", async () => {
    const deployment = await createDeployment(world, admin);
    const { id } = await webhookOn(deployment, { events: ["DEPLOY_CREATED"] });
    await deployImage(world, admin, deployment);
    receiver.answer = () => 500;
    await deliver(id, deployment.id);
    const [pending] = await deliveriesOf(id);
    expect(pending).toMatchObject({ status: "PENDING", attempts: 1, responseStatus: 500, error: "HTTP 500" });
    expect((await askInVain(world, REDELIVER, { id: pending.id }, admin)).code).toBe("CONFLICT");
    clock.pass(DAY_MS);
    await deliver(id, deployment.id);
    const [failed] = await deliveriesOf(id);
    expect(failed).toMatchObject({ status: "FAILED", attempts: 2, nextAttemptAt: null });
    receiver.answer = () => 200;
    expect((await ask(world, REDELIVER, { id: failed.id }, admin)).redeliverWebhook).toMatchObject({
      status: "PENDING",
    });
    await deliver(id, deployment.id);
    expect(new Set(receiver.events().map((event) => event.id)).size).toBe(1);
    expect((await deliveriesOf(id))[0]).toMatchObject({ status: "DELIVERED", responseStatus: 200 });
    clock.pass(31 * DAY_MS);
    expect(await world.app.features.notifications.deleteExpired(clock.now(), 100)).toBeGreaterThan(0);
    expect(await deliveriesOf(id)).toEqual([]);
  });

  test("by a redirect, it is not followed", async () => {
    const deployment = await createDeployment(world, admin);
    const { id } = await webhookOn(deployment);
    receiver.answer = () => 307;
    await ask(world, TEST, { id }, admin);
    await deliver(id, null);
    expect(receiver.received).toHaveLength(1);
    expect((await deliveriesOf(id))[0].error).toBe("HTTP 307: redirects are not followed");
  });
});

test("a new key encrypts the secrets of webhooks, and the one before is not needed any more", async () => {
  const keys = [1, 2].map((n) => Buffer.alloc(32, n).toString("base64")) as [string, string];
  const env = (given: string) => ({
    NOTIFICATIONS__ALLOW_PRIVATE_ADDRESSES: "true",
    SECRETS__ENCRYPTION_KEYS: given,
  });
  const first = await startTestApp({ clock: clock.now, env: env(keys[0]) });
  try {
    const token = await signUpAdmin(first);
    const variables = { url: `${receiver.url}/hook` };
    const { createWebhook: webhook } = await ask(first, CREATE, variables, token);
    const { database } = first;
    await (await startTestApp({ clock: clock.now, database, env: env(`${keys[1]},${keys[0]}`) })).close();
    const last = await startTestApp({ clock: clock.now, database, env: env(keys[1]) });
    try {
      await ask(last, TEST, { id: webhook.id }, token);
      await deliver(webhook.id, null, last);
    } finally {
      await last.close();
    }
    const [{ headers, body }] = receiver.received as [Received];
    const key = Buffer.from(webhook.secret.replace("whsec_", ""), "base64");
    const signed = `${String(headers["webhook-id"])}.${String(headers["webhook-timestamp"])}.${body}`;
    expect(headers["webhook-signature"]).toBe(`v1,${createHmac("sha256", key).update(signed).digest("base64")}`);
  } finally {
    await first.close();
  }
});

test("deliveries are read page by page", async () => {
  const deployment = await createDeployment(world, admin);
  const { id } = await webhookOn(deployment);
  for (let n = 0; n < 3; n += 1) await ask(world, TEST, { id }, admin);
  const all = await deliveriesOf(id);
  const one = (await ask(world, DELIVERIES, { id, first: 2 }, admin)).webhookDeliveries;
  expect(one.pageInfo.hasNextPage).toBe(true);
  const two = (await ask(world, DELIVERIES, { id, first: 2, after: one.pageInfo.endCursor }, admin)).webhookDeliveries;
  expect([...one.nodes, ...two.nodes]).toEqual(all);
  expect(two.pageInfo.hasNextPage).toBe(false);
  for (const wrong of [{ first: 0 }, { first: 101 }, { after: "x" }])
    expect((await askInVain(world, DELIVERIES, { id, ...wrong }, admin)).code).toBe("BAD_USER_INPUT");
});
