import { setTimeout as sleep } from "node:timers/promises";
import { newId } from "../../src/kernel/ids";
import { ask, createWorkspace, signUpAdmin } from "../builders/api";
import { FakeElasticsearch } from "../fakes/fake-elasticsearch";
import { startTestApp, type TestApp } from "../world/app";

let elasticsearch: FakeElasticsearch;
let world: TestApp;
let admin: string;
beforeEach(async () => {
  elasticsearch = await new FakeElasticsearch().start();
  world = await startTestApp({ workers: true, env: { ELASTICSEARCH_URL: elasticsearch.url } });
  admin = await signUpAdmin(world);
});
afterEach(async () => {
  await world.close();
  await elasticsearch.stop();
});

const inTrail = (): Promise<{ id: string; action: string; state: string }[]> =>
  world.database.sql.query("SELECT id, action, export_state AS state FROM audit_line ORDER BY id");
const inElasticsearch = () => elasticsearch.documents().filter(({ index }) => index.startsWith("retrograde-audit."));

async function untilNoneWaits(): Promise<void> {
  for (const end = Date.now() + 60_000; (await inTrail()).some(({ state }) => state === "WAITING"); await sleep(25)) {
    if (Date.now() > end) throw new Error("audit lines still wait");
  }
}

test("every line arrives once under its own id, and stays in the trail", async () => {
  const id = await createWorkspace(world, admin, "Sales");
  await untilNoneWaits();
  const lines = await inTrail();
  expect(lines.map(({ action, state }) => [action, state])).toEqual([
    ["user.create", "EXPORTED"],
    ["workspace.create", "EXPORTED"],
  ]);
  expect(inElasticsearch().map((document) => [document.id, document.version])).toEqual(
    lines.map((line) => [line.id, 1]),
  );
  const { index, source } = inElasticsearch()[1]!;
  const { "@timestamp": at, ...rest } = source as { "@timestamp": string };
  expect(index).toBe(`retrograde-audit.${at.slice(0, 7).replace("-", ".")}`);
  expect(rest).toMatchObject({
    message: expect.stringMatching(/ workspace\.create Sales$/),
    lineId: lines[1]!.id,
    action: "workspace.create",
    actorType: "USER",
    workspaceUuid: id,
    address: "127.0.0.1",
    details: {},
  });
  expect(rest).not.toHaveProperty("exportState");
});

test("nothing is lost or doubled while Elasticsearch is away, or where its answer is", async () => {
  elasticsearch.fail("bulk", { kind: "status", status: 503 });
  elasticsearch.fail("bulk", { kind: "drop", when: "after" });
  for (const label of ["a", "b", "c"]) await createWorkspace(world, admin, label);
  await untilNoneWaits();
  expect(new Set(inElasticsearch().map((document) => document.id))).toEqual(
    new Set((await inTrail()).map((line) => line.id)),
  );
  expect(inElasticsearch()).toHaveLength(4);
});

test("a line that is refused is set aside, and holds nothing up; after a day it is refused for good, until it is sent again", async () => {
  const refused = newId();
  elasticsearch.failItem(refused, { status: 400, type: "document_parsing_exception", reason: "no" }, Infinity);
  await world.database.sql.query(
    `INSERT INTO audit_line (id, action, actor_id, actor_type, actor_label, object_type, details, created_at)
     VALUES ($1, 'test.refused', 'x', 'SYSTEM', 'x', 'system', '{}', now())`,
    [refused],
  );
  await createWorkspace(world, admin, "taken");
  const states = async (): Promise<string[]> => (await inTrail()).slice(-2).map(({ state }) => state);
  await until(
    async () => (await states())[1] === "EXPORTED" && (await gauges()).includes("retrograde_audit_lines_set_aside 1"),
  );
  expect(await states()).toEqual(["WAITING", "EXPORTED"]);
  expect(await gauges()).toContain("retrograde_audit_lines_refused 0");

  await world.database.sql.query(
    "UPDATE audit_line SET refused_since = now() - interval '1 day', retry_at = now() WHERE id = $1",
    [refused],
  );
  await until(async () => (await states())[0] === "REJECTED");
  expect(await gauges()).toContain("retrograde_audit_lines_refused 1");
  expect(await gauges()).toContain("retrograde_audit_lines_waiting 0");

  elasticsearch.faults.clear();
  expect(await world.app.features.audit.lineExport?.retryRefused()).toBe(1);
  await untilNoneWaits();
  expect(await states()).toEqual(["EXPORTED", "EXPORTED"]);
});

const gauges = async (): Promise<string> => (await world.app.server.app.inject("/metrics")).body;

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 60_000; !(await holds()); await sleep(25))
    if (Date.now() > end) throw new Error("it does not hold");
}

test("lines that have not arrived yet are not cleaned up, others are", async () => {
  await untilNoneWaits();
  elasticsearch.fail("bulk", { kind: "status", status: 503 }, 1_000);
  await createWorkspace(world, admin, "late");
  await world.database.sql.query("UPDATE audit_line SET created_at = now() - interval '400 days'");
  await ask(world, "mutation { cleanupDeployRevisions { deletedRevisions } }", {}, admin);
  expect((await inTrail()).map(({ action, state }) => [action, state])).toEqual([
    ["workspace.create", "WAITING"],
    ["system.cleanup_deploy_revisions", "WAITING"],
  ]);
});

test("the template fits the indices, and the logs do not show them", async () => {
  await untilNoneWaits();
  const templates = await (await fetch(`${elasticsearch.url}/_index_template/retrograde-audit`)).json();
  expect(templates).toMatchObject({
    index_templates: [{ index_template: { index_patterns: ["retrograde-audit.*"] } }],
  });
  expect(inElasticsearch().every(({ index }) => !index.startsWith("fluentd."))).toBe(true);
});
