import { setTimeout as sleep } from "node:timers/promises";
import { newId } from "../../src/kernel/ids";
import { ask, askInVain, bindRole, createWorkspace, signUpAdmin, uniqueName } from "../builders/api";
import { Browser, passProvider, tokenOn, type Page } from "../builders/browser";
import { startLyingProvider, type LyingProvider } from "../fakes/lying-provider";
import { startTestApp, type TestApp } from "../world/app";
import { startIdentityProvider, type TestIdentityProvider } from "../world/identity-provider";

const ORIGIN = "https://houston.example.test";

let okta: TestIdentityProvider;
let liar: LyingProvider;
let world: TestApp;
let admin: string;
const env = (): Record<string, string> => ({
  PUBLIC_URL: ORIGIN,
  AUTH__OPENID_CONNECT__IDP_GROUPS_IMPORT_ENABLED: "true",
  AUTH__OPENID_CONNECT__OKTA__ENABLED: "true",
  AUTH__OPENID_CONNECT__OKTA__DISCOVERY_URL: okta.issuer,
  AUTH__OPENID_CONNECT__OKTA__CLIENT_ID: okta.clientId,
  AUTH__OPENID_CONNECT__OKTA__CLIENT_SECRET: okta.clientSecret ?? "",
  AUTH__OPENID_CONNECT__OKTA__SCOPE: "openid email groups",
  AUTH__OPENID_CONNECT__MICROSOFT__ENABLED: "true",
  AUTH__OPENID_CONNECT__MICROSOFT__DISCOVERY_URL: liar.issuer,
  AUTH__OPENID_CONNECT__MICROSOFT__CLIENT_ID: "retrograde",
});
beforeAll(async () => {
  [okta, liar] = await Promise.all([
    startIdentityProvider({ redirectUris: [`${ORIGIN}/v1/oauth/callback/`] }),
    startLyingProvider(),
  ]);
  world = await startTestApp({ env: env() });
  admin = await signUpAdmin(world);
});
afterAll(async () => {
  await world.close();
  await Promise.all([okta.stop(), liar.stop()]);
});

async function signOn(subject: string, app: TestApp = world): Promise<Page> {
  const browser = new Browser(app, ORIGIN);
  return passProvider(browser, await browser.get("/v1/oauth/start?provider=okta"), subject);
}

/** Somebody new at the provider, who is in these groups. */
async function newPerson(
  groups: unknown,
): Promise<{ readonly subject: string; readonly email: string; regroup(to: unknown): Promise<void> }> {
  const [subject, email] = [uniqueName("subject"), `${uniqueName("someone")}@example.com`];
  const regroup = (to: unknown): Promise<void> => okta.setPerson(subject, { email, email_verified: true, groups: to });
  await regroup(groups);
  return { subject, email, regroup };
}

const teamsOf = async (email: string): Promise<string[]> => {
  const rows = await world.database.sql.query<{ name: string }>(
    `SELECT t.provider || ':' || t.name AS name FROM team t JOIN team_member m ON m.team_id = t.id JOIN email e ON e.user_id = m.user_id
     WHERE e.address = $1 ORDER BY 1`,
    [email],
  );
  return rows.map(({ name }) => name);
};

const teamId = async (provider: string, name: string): Promise<string> => {
  const [row] = await world.database.sql.query<{ id: string }>(
    "SELECT id FROM team WHERE provider = $1 AND name = $2",
    [provider, name],
  );
  if (row === undefined) throw new Error(`no Team ${provider}:${name}`);
  return row.id;
};

async function bindTeam(id: string, role: string, workspaceId: string | null = null): Promise<void> {
  await world.database.sql.query(
    "INSERT INTO role_binding (id, role, team_id, workspace_id, created_at) VALUES ($1, $2, $3, $4, now())",
    [newId(), role, id, workspaceId],
  );
}

test("groups become Teams, and membership follows them at each sign-in", async () => {
  const [a, b, c] = [uniqueName("a"), uniqueName("b"), uniqueName("c")];
  const one = await newPerson([a, b, ` ${a} `]);
  await signOn(one.subject);
  expect(await teamsOf(one.email)).toEqual([`okta:${a}`, `okta:${b}`]);
  await one.regroup([b, c]);
  await signOn(one.subject);
  expect(await teamsOf(one.email)).toEqual([`okta:${b}`, `okta:${c}`]);
  await one.regroup(undefined);
  await signOn(one.subject);
  expect(await teamsOf(one.email)).toEqual([]);
  // A Team stays when its last member leaves: its roles are somebody's decision.
  expect(await teamId("okta", b)).toMatch(/-/);
});

test("the Team's roles come and go with the group", async () => {
  const group = uniqueName("group");
  const one = await newPerson([group]);
  const token = tokenOn(await signOn(one.subject));
  const workspaceId = await createWorkspace(world, admin);
  const outcome = async (): Promise<string> => {
    const { errors } = await world.send(
      "query ($id: Uuid!) { workspace(workspaceUuid: $id) { id } }",
      { id: workspaceId },
      token,
    );
    return errors?.[0]?.extensions.code ?? "OK";
  };
  /** What is read is known to have changed when the database's notification has arrived. */
  const outcomeIs = async (expected: string): Promise<void> => {
    for (const until = Date.now() + 60_000; (await outcome()) !== expected && Date.now() < until;) await sleep(10);
    expect(await outcome()).toBe(expected);
  };
  expect(await outcome()).toBe("NOT_FOUND");
  await bindTeam(await teamId("okta", group), "WORKSPACE_VIEWER", workspaceId);
  await outcomeIs("OK");
  await one.regroup([]);
  await signOn(one.subject);
  // The token is one from before; what it is worth is looked up.
  await outcomeIs("NOT_FOUND");
});

test("Teams that are made here stay as they are, also under the same name", async () => {
  const [name, other] = [uniqueName("same"), uniqueName("local")];
  const one = await newPerson([name]);
  await signOn(one.subject);
  for (const local of [name, other]) {
    const id = newId();
    await world.database.sql.query(
      "INSERT INTO team (id, name, provider, created_at, updated_at) VALUES ($1, $2, 'local', now(), now())",
      [id, local],
    );
    await world.database.sql.query(
      "INSERT INTO team_member (team_id, user_id, created_at) SELECT $1, user_id, now() FROM email WHERE address = $2",
      [id, one.email],
    );
  }
  await one.regroup([]);
  await signOn(one.subject);
  expect(await teamsOf(one.email)).toEqual([`local:${name}`, `local:${other}`].sort());
});

test("the last SYSTEM_ADMIN keeps the Team that makes them one, until there is another", async () => {
  const fresh = await startTestApp({ env: env() });
  try {
    await signUpAdmin(fresh);
    const group = uniqueName("admins");
    const one = await newPerson([group]);
    await signOn(one.subject, fresh);
    const sql = fresh.database.sql;
    await sql.query("DELETE FROM role_binding");
    await sql.query(
      "INSERT INTO role_binding (id, role, team_id, created_at) SELECT $1, 'SYSTEM_ADMIN', id, now() FROM team",
      [newId()],
    );
    await one.regroup([]);
    const token = tokenOn(await signOn(one.subject, fresh));
    expect(await ask(fresh, "{ sysWorkspaces { id } }", null, token)).toEqual({ sysWorkspaces: [] });
    const [{ details } = { details: {} }] = await sql.query<{ details: object }>(
      "SELECT details FROM audit_line ORDER BY created_at DESC, id DESC LIMIT 1",
    );
    expect(details).toEqual({ provider: "okta", teamsKeptAsLastAdmin: group });

    const other = await newPerson([]);
    await signOn(other.subject, fresh);
    const [{ id } = { id: "" }] = await sql.query<{ id: string }>(
      "SELECT user_id AS id FROM email WHERE address = $1",
      [other.email],
    );
    await bindRole(fresh, id, "SYSTEM_ADMIN");
    await signOn(one.subject, fresh);
    expect(await askInVain(fresh, "{ sysWorkspaces { id } }", null, token)).toMatchObject({ code: "FORBIDDEN" });
  } finally {
    await fresh.close();
  }
});

test.each<[string, unknown, readonly string[]]>([
  ["a text", "solo", ["okta:solo"]],
  ["a mixture", ["fine", 5, null, { name: "x" }, ["y"], "", "  ", "a\0b", "a\nb", "x".repeat(191)], ["okta:fine"]],
  ["an object", { admin: true }, []],
  ["a number", 5, []],
])("a groups claim that is %s counts for what can be read of it", async (_name, groups, teams) => {
  const one = await newPerson(groups);
  expect((await signOn(one.subject)).status).toBe(200);
  expect(await teamsOf(one.email)).toEqual(teams);
});

test("of a groups claim beyond measure some hundreds count, and the sign-in works", async () => {
  const prefix = uniqueName("many");
  const one = await newPerson(Array.from({ length: 3_000 }, (_, index) => `${prefix}-${index}`));
  expect((await signOn(one.subject)).status).toBe(200);
  expect(await teamsOf(one.email)).toHaveLength(500);
});

test("a directory that has too many groups to tell them leaves memberships as they are", async () => {
  const [address, group] = [`${uniqueName("someone")}@example.com`, uniqueName("group")];
  const person = {
    sub: uniqueName("subject"),
    preferred_username: address,
    email: undefined,
    email_verified: undefined,
  };
  const signOnAtMicrosoft = () => new Browser(world, ORIGIN).get("/v1/oauth/start?provider=microsoft");
  liar.lie({ idToken: { ...person, groups: [group] } });
  expect((await signOnAtMicrosoft()).status).toBe(200);
  expect(await teamsOf(address)).toEqual([`microsoft:${group}`]);
  liar.lie({
    idToken: {
      ...person,
      _claim_names: { groups: "src1" },
      _claim_sources: { src1: { endpoint: "https://graph.example" } },
    },
    userInfo: { sub: person.sub },
  });
  expect((await signOnAtMicrosoft()).status).toBe(200);
  expect(await teamsOf(address)).toEqual([`microsoft:${group}`]);
  liar.lie({ idToken: { ...person, groups: [] } });
  await signOnAtMicrosoft();
  expect(await teamsOf(address)).toEqual([]);
});

test("a filter and a name of one's own for the claim are heeded", async () => {
  const replica = await startTestApp({
    database: world.database,
    env: {
      ...env(),
      AUTH__OPENID_CONNECT__TEAM_FILTER_REGEX: "^airflow-",
      AUTH__OPENID_CONNECT__OKTA__CLAIMS_MAPPING: "teams",
    },
  });
  try {
    const [subject, email, kept] = [
      uniqueName("subject"),
      `${uniqueName("someone")}@example.com`,
      uniqueName("airflow-team"),
    ];
    await okta.setPerson(subject, {
      email,
      email_verified: true,
      groups: ["airflow-not-this"],
      teams: [kept, "coffee", "x-airflow-"],
    });
    await signOn(subject, replica);
    expect(await teamsOf(email)).toEqual([`okta:${kept}`]);
  } finally {
    await replica.close();
  }
});

test("without the import groups mean nothing", async () => {
  const replica = await startTestApp({
    database: world.database,
    env: { ...env(), AUTH__OPENID_CONNECT__IDP_GROUPS_IMPORT_ENABLED: "false" },
  });
  try {
    const one = await newPerson([uniqueName("group")]);
    await signOn(one.subject, replica);
    expect(await teamsOf(one.email)).toEqual([]);
  } finally {
    await replica.close();
  }
});

describe("where only members of Teams get in", () => {
  let closed: TestApp;
  beforeAll(async () => {
    closed = await startTestApp({ database: world.database, env: { ...env(), USER_MANAGEMENT__ENABLED: "false" } });
  });
  afterAll(() => closed.close());

  const NO_GROUP = "in no group that may use this installation";

  test("a new person in no group is refused, and nobody is made", async () => {
    const one = await newPerson([]);
    const page = await signOn(one.subject, closed);
    expect({ status: page.status, told: page.text.includes(NO_GROUP) }).toEqual({ status: 403, told: true });
    expect(await world.database.sql.query("SELECT 1 FROM email WHERE address = $1", [one.email])).toEqual([]);
  });

  test("who leaves the last group stays out, and has left the Teams for good", async () => {
    const one = await newPerson([uniqueName("group")]);
    expect((await signOn(one.subject, closed)).status).toBe(200);
    await one.regroup([]);
    expect((await signOn(one.subject, closed)).text).toContain(NO_GROUP);
    expect(await teamsOf(one.email)).toEqual([]);
    await one.regroup([uniqueName("group")]);
    expect((await signOn(one.subject, closed)).status).toBe(200);
  });
});

test("many who bring one new group at once make one Team of it", async () => {
  const group = uniqueName("rush");
  const people = await Promise.all([1, 2, 3, 4].map(() => newPerson([group])));
  await Promise.all(people.map(({ subject }) => signOn(subject)));
  for (const { email } of people) expect(await teamsOf(email)).toEqual([`okta:${group}`]);
});
