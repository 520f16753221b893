import { randomUUID } from "node:crypto";
import shipped from "../../src/features/access/data/roles.json";
import {
  ask,
  bindRole,
  createDeployment,
  createWorkspace,
  deployImage,
  serviceAccountWith,
  signUp,
  signUpAdmin,
  uniqueName,
} from "../builders/api";
import { fingerprint, NO_REFUSALS } from "../builders/fingerprint";
import { bindTeam, teamWith } from "../builders/team-operations";
import { person } from "../builders/workspace-operations";
import { startTestApp, type Answer, type TestApp } from "../world/app";
import { operationOf, type Operation } from "./operations";
import { PUBLIC, ROOT_FIELDS, type Rule, type Target } from "./root-fields";
import { levelOf, ROLES_AT_0_35, SUBJECTS, type Place, type Subject } from "./subjects";

interface Call {
  readonly name: string;
  readonly rule: Rule;
  readonly operation: Operation;
}

/** Requests that wait for the database meanwhile; the pool of a test has no more connections than that. */
const AT_ONCE = 6;
const REFUSED = "You do not have the appropriate permissions for that";

/**
 * Every root field of the schema × everybody who can hold one of the ten roles × places (docs/access.md). What is
 * accepted and changes something leaves one audit line, and everything else none.
 */
describe("every root field of the schema", () => {
  let world: TestApp;
  let admin: string;
  beforeAll(async () => {
    // Service accounts are among the subjects; lifting quarantines is for people only unless that is set.
    world = await startTestApp({
      env: { DEPLOYMENTS__DEPLOY_ROLLBACK__SERVICE_ACCOUNTS_MAY_LIFT_QUARANTINES: "true", LIMITS__WEBHOOKS: "1000" },
    });
    admin = await signUpAdmin(world);
    const known = inSchema();
    calls = Object.entries(ROOT_FIELDS).flatMap(([name, rules]) =>
      known.includes(name) ? rules.map((rule) => ({ name, rule, operation: operationOf(world.app.schema, rule) })) : [],
    );
  });
  afterAll(() => world.close());

  const inSchema = (): string[] =>
    [world.app.schema.getQueryType(), world.app.schema.getMutationType()].flatMap((type) =>
      Object.keys(type?.getFields() ?? {}),
    );

  let calls: readonly Call[];

  /** What a call came to: `OK` or the first error's code. A refusal that clients could not tell is spelt out. */
  async function outcome(
    { operation }: Call,
    target: Target,
    token?: string,
  ): Promise<{ readonly seen: string; readonly requestId: string }> {
    const answer = await world.send(operation.query, operation.variables(target), token);
    return { seen: seenIn(answer), requestId: String(answer.headers["x-request-id"]) };
  }

  function seenIn({ status, errors }: Answer): string {
    const [first] = errors ?? [];
    if (status !== 200) return `HTTP ${status}: ${first?.message}`;
    if (first === undefined) return "OK";
    const { code } = first.extensions;
    return ["FORBIDDEN", "UNAUTHENTICATED"].includes(code) && first.message !== REFUSED
      ? `${code}: ${first.message}`
      : code;
  }

  async function targetIn(
    workspaceId: string,
    shared: Pick<Target, "memberId" | "memberEmail" | "teamId" | "systemAccountId">,
  ): Promise<Target> {
    const deployment = await createDeployment(world, admin, { workspaceId });
    const revision = await deployImage(world, admin, deployment, { rollOut: false });
    const { quarantineDeployRevision: quarantine } = await ask(
      world,
      'mutation ($id: Uuid!) { quarantineDeployRevision(deployRevisionId: $id, reason: "x") { id } }',
      { id: revision.id },
      admin,
    );
    const { createWebhook: webhook } = await ask(
      world,
      'mutation ($id: Uuid!) { createWebhook(workspaceUuid: $id, url: "https://hooks.example.com/") { id } }',
      { id: workspaceId },
      admin,
    );
    const { testWebhook: delivery } = await ask(
      world,
      "mutation ($id: Uuid!) { testWebhook(webhookId: $id) { id } }",
      { id: webhook.id },
      admin,
    );
    await bindRole(world, shared.memberId, "DEPLOYMENT_VIEWER", { deploymentId: deployment.id });
    await bindTeam(world, shared.teamId, "DEPLOYMENT_VIEWER", { deploymentId: deployment.id });
    return {
      ...shared,
      workspaceId,
      deploymentId: deployment.id,
      releaseName: deployment.releaseName,
      revisionId: revision.id,
      quarantineId: quarantine.id,
      webhookId: webhook.id,
      deliveryId: delivery.id,
      workspaceAccountId: (await serviceAccountWith(world, admin, "WORKSPACE_VIEWER", { workspaceId })).id,
      deploymentAccountId: (
        await serviceAccountWith(world, admin, "DEPLOYMENT_VIEWER", { deploymentId: deployment.id })
      ).id,
      newName: uniqueName("walk"),
    };
  }

  /** Two Workspaces with Deployments, and members, accounts and Teams of them, that nobody else touches. */
  async function targets(): Promise<Record<Place, Target>> {
    const member = await person(world, admin);
    const systemAccountId = (await serviceAccountWith(world, admin, "SYSTEM_VIEWER")).id;
    const [home, abroad] = [await createWorkspace(world, admin), await createWorkspace(world, admin)];
    const teams = { home: await teamWith(world, admin), abroad: await teamWith(world, admin) };
    for (const [workspaceId, teamId] of [[home, teams.home] as const, [abroad, teams.abroad] as const]) {
      await bindRole(world, member.id, "WORKSPACE_VIEWER", { workspaceId });
      await bindTeam(world, teamId, "WORKSPACE_VIEWER", { workspaceId });
    }
    const shared = { memberId: member.id, memberEmail: member.email, systemAccountId };
    const own = await targetIn(home, { ...shared, teamId: teams.home });
    return {
      own,
      neighbour: await targetIn(home, { ...shared, teamId: teams.home }),
      other: await targetIn(abroad, { ...shared, teamId: teams.abroad }),
      none: {
        ...own,
        workspaceId: randomUUID(),
        deploymentId: randomUUID(),
        releaseName: "no-such-release",
        revisionId: randomUUID(),
        quarantineId: randomUUID(),
        webhookId: randomUUID(),
        deliveryId: randomUUID(),
        teamId: randomUUID(),
      },
    };
  }

  /** Somebody with that role on the target, and no other. */
  async function tokenOf(subject: Subject, { workspaceId, deploymentId }: Target): Promise<string> {
    const level = levelOf(subject);
    if (level === "none") return (await signUp(world, { by: admin })).token;
    const place = level === "system" ? {} : level === "workspace" ? { workspaceId } : { deploymentId };
    if (subject.kind === "service account") return (await serviceAccountWith(world, admin, subject.role, place)).token;
    const { id, token } = await signUp(world, { by: admin });
    if (subject.kind === "user") await bindRole(world, id, subject.role, place);
    else await bindTeam(world, await teamWith(world, admin, [id]), subject.role, place);
    return token;
  }

  test("has its entry in root-fields.ts, which says what it takes", () => {
    const missing = inSchema().filter((name) => !PUBLIC.includes(name) && !(name in ROOT_FIELDS));
    expect(missing).toEqual([]);
  });

  test("goes by the ten roles of the 0.35 platform", () => {
    expect(shipped).toEqual(ROLES_AT_0_35);
    expect(Object.keys(ROLES_AT_0_35)).toHaveLength(10);
  });

  test("refuses whoever is not signed in, and writes nothing", async () => {
    const { own } = await targets();
    const before = await fingerprint(world);
    const seen: string[] = [];
    for (const call of calls) seen.push(`${call.name}: ${(await outcome(call, own)).seen}`);
    const expected = (name: string) => (name === "createUser" ? "FORBIDDEN" : "UNAUTHENTICATED");
    expect(seen).toEqual(calls.map(({ name }) => `${name}: ${expected(name)}`));
    expect(await fingerprint(world)).toEqual(before);
  });

  /** How many audit lines each of the requests has left, without those of refusals. */
  async function auditedLines(requestIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const rows = await world.database.sql.query<{ requestId: string; lines: number }>(
      `SELECT request_id AS "requestId", count(*)::int AS lines FROM audit_line
       WHERE request_id = ANY($1) AND ${NO_REFUSALS} GROUP BY request_id`,
      [requestIds],
    );
    return new Map(rows.map(({ requestId, lines }) => [requestId, lines]));
  }

  test.each(SUBJECTS)("answers a $kind with $role as the table says", async (subject) => {
    const aims = await targets();
    const token = await tokenOf(subject, aims.own);
    const before = await fingerprint(world);
    const asked = calls.flatMap((call) =>
      call.rule.places.map((place) => ({ call, place, verdict: call.rule.verdict(subject, place) })),
    );
    const wrong: string[] = [];
    const requests: { readonly id: string; readonly name: string; readonly lines: number }[] = [];
    const take = async ({ call, place, verdict }: (typeof asked)[number]): Promise<void> => {
      const expected = verdict === "allowed" ? call.rule.answer : verdict;
      const { seen, requestId: id } = await outcome(call, aims[place], token);
      if (seen !== expected) wrong.push(`${call.name} on ${place}: ${seen} instead of ${expected}`);
      requests.push({
        id,
        name: `${call.name} on ${place}`,
        lines: seen === "OK" && call.operation.query.startsWith("mutation") ? 1 : 0,
      });
    };
    const walk = async (walked: typeof asked, atOnce: number): Promise<void> => {
      const steps = walked.values(); // shared, so that each step is taken once
      const walker = async (): Promise<void> => {
        for (const step of steps) await take(step);
      };
      await Promise.all(Array.from({ length: atOnce }, walker));
    };
    // Refusals change nothing, so their order does not matter.
    await walk(
      asked.filter(({ verdict }) => verdict !== "allowed"),
      AT_ONCE,
    );
    expect(wrong).toEqual([]);
    expect(await fingerprint(world)).toEqual(before);
    await walk(
      asked.filter(({ verdict }) => verdict === "allowed"),
      1,
    );
    expect(wrong).toEqual([]);
    const audited = await auditedLines(requests.map(({ id }) => id));
    const miscounted = requests.filter(({ id, lines }) => (audited.get(id) ?? 0) !== lines);
    expect(
      miscounted.map(({ id, name, lines }) => `${name}: ${audited.get(id) ?? 0} audit lines instead of ${lines}`),
    ).toEqual([]);
  });
});
