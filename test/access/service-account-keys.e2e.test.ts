import { createHash } from "node:crypto";
import {
  ask,
  askInVain,
  bindRole,
  createDeployment,
  serviceAccountWith,
  signUp,
  signUpAdmin,
  type BuiltDeployment,
  type Place,
} from "../builders/api";
import { TestClock } from "../builders/clock";
import {
  CREATE_SERVICE_ACCOUNT,
  DELETE,
  DELETE_SERVICE_ACCOUNT,
  NO_IDS,
  READ,
  SERVICE_ACCOUNTS,
} from "../builders/deployment-operations";
import { untilNotified } from "../builders/until-notified";
import {
  DELETE_WORKSPACE_SERVICE_ACCOUNT,
  everything,
  READ_WORKSPACE,
  refusedWithoutTrace,
  WORKSPACE_SERVICE_ACCOUNTS,
} from "../builders/workspace-operations";
import { startTestApp, type TestApp } from "../world/app";

const REFUSED = "You do not have the appropriate permissions for that";
const FIELDS = "id label category apiKey entityType entityUuid deploymentUuid workspaceUuid active lastUsedAt";
const SYSTEM_SERVICE_ACCOUNTS = `{ systemServiceAccounts { ${FIELDS} } }`;
const CREATE_SYSTEM = `mutation ($label: String!, $category: String, $role: Role!) {
  createSystemServiceAccount(label: $label, category: $category, role: $role) { ${FIELDS} } }`;
const DELETE_SYSTEM =
  "mutation ($serviceAccountUuid: Uuid!) { deleteSystemServiceAccount(serviceAccountUuid: $serviceAccountUuid) { id label } }";

let world: TestApp;
let admin: string;
const clock = new TestClock();
beforeAll(async () => {
  world = await startTestApp({ clock: clock.now });
  admin = await signUpAdmin(world);
});
afterAll(() => world.close());

interface Level {
  readonly role: string;
  readonly place: (deployment: BuiltDeployment) => Place;
  readonly list: string;
  readonly remove: string;
  /** Something that the key may read. */
  readonly read: string;
}

const LEVELS: Readonly<Record<string, Level>> = {
  "the system": {
    role: "SYSTEM_EDITOR",
    place: () => ({}),
    list: SYSTEM_SERVICE_ACCOUNTS,
    remove: DELETE_SYSTEM,
    read: "{ sysWorkspaces { id } }",
  },
  "a Workspace": {
    role: "WORKSPACE_EDITOR",
    place: ({ workspaceId }) => ({ workspaceId }),
    list: WORKSPACE_SERVICE_ACCOUNTS,
    remove: DELETE_WORKSPACE_SERVICE_ACCOUNT,
    read: READ_WORKSPACE,
  },
  "a Deployment": {
    role: "DEPLOYMENT_EDITOR",
    place: ({ id }) => ({ deploymentId: id }),
    list: SERVICE_ACCOUNTS,
    remove: DELETE_SERVICE_ACCOUNT,
    read: READ,
  },
};

/** A key on the level, with everything that operations on it ask for. */
async function keyOn(name: string) {
  const level = LEVELS[name];
  if (level === undefined) throw new Error(`no level ${name}`);
  const deployment = await createDeployment(world, admin, { rollbackEnabled: false });
  const { id, token } = await serviceAccountWith(world, admin, level.role, level.place(deployment));
  const variables = {
    id: deployment.id,
    deploymentId: deployment.id,
    deploymentUuid: deployment.id,
    workspaceId: deployment.workspaceId,
    workspaceUuid: deployment.workspaceId,
    serviceAccountUuid: id,
  };
  const listed = async () => {
    const answer: Record<string, { id: string; apiKey: string; lastUsedAt: string | null }[]> = await ask(
      world,
      level.list,
      variables,
      admin,
    );
    return Object.values(answer)[0]?.find((account) => account.id === id);
  };
  return { ...level, id, token, variables, listed };
}

/** Every row of every table as text, to look for what must not be there. */
async function wholeDatabase(): Promise<string> {
  const tables = await world.database.sql.query<{ name: string }>(
    "SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables WHERE table_type = 'BASE TABLE' AND table_schema IN ('public', 'graphile_worker')",
  );
  const texts = [];
  for (const { name } of tables)
    texts.push(JSON.stringify(await world.database.sql.query(`SELECT t::text FROM ${name} t`)));
  return texts.join("\n");
}

describe.each(Object.keys(LEVELS))("a key of %s", (level) => {
  test("is shown in full once, and is nowhere in the database but as a digest", async () => {
    const { id, token, listed } = await keyOn(level);
    expect(token).toMatch(/^rtg_[0-9a-f]{32}$/);
    expect((await listed())?.apiKey).toBe(token.slice(0, 10));
    const digest = createHash("sha256").update(token).digest("hex");
    expect(
      await world.database.sql.query(
        "SELECT api_key_hash AS hash, api_key_start AS start FROM service_account WHERE id = $1",
        [id],
      ),
    ).toEqual([{ hash: digest, start: token.slice(0, 10) }]);
    const all = await wholeDatabase();
    expect(all).toContain(digest);
    expect(all).not.toContain(token.slice(0, 12));
  });

  test("serves raw and behind Bearer, and not in another spelling", async () => {
    const { token, read, variables } = await keyOn(level);
    for (const sent of [token, `Bearer ${token}`, `bearer ${token}`])
      expect((await world.send(read, variables, sent)).errors).toBeUndefined();
    for (const sent of [
      token.slice(0, -1),
      `${token}0`,
      `${token.slice(0, -1)}${token.endsWith("0") ? "1" : "0"}`,
      token.slice(0, 10),
      `Basic ${token}`,
    ]) {
      expect((await askInVain(world, read, variables, sent)).extensions).toEqual({
        code: "UNAUTHENTICATED",
        reason: "INVALID",
      });
    }
  });

  test("notes its first use, and later ones to the minute", async () => {
    const { id, token, read, variables, listed } = await keyOn(level);
    expect((await listed())?.lastUsedAt).toBeNull();
    const usedByAnotherReplica = async () => {
      const replica = await startTestApp({ database: world.database, clock: clock.now });
      await ask(replica, read, variables, token);
      await replica.close();
      return (await listed())?.lastUsedAt;
    };
    const firstAt = clock.at;
    await ask(world, read, variables, token);
    expect((await listed())?.lastUsedAt).toBe(firstAt);
    expect(
      await world.database.sql.query("SELECT last_used_address AS address FROM service_account WHERE id = $1", [id]),
    ).toEqual([{ address: "127.0.0.1" }]);
    clock.pass(59_000);
    expect(await usedByAnotherReplica()).toBe(firstAt);
    clock.pass(2_000);
    expect(await usedByAnotherReplica()).toBe(clock.at);
  });

  test("once deleted stops at once, for reads and changes, though it was used a moment ago", async () => {
    const { id, token, read, remove, variables, listed } = await keyOn(level);
    await ask(world, read, variables, token);
    await ask(world, remove, variables, admin);
    for (const query of [read, remove]) {
      const { status, errors } = await world.send(query, variables, token);
      expect({ status, message: errors?.[0]?.message, extensions: errors?.[0]?.extensions }).toEqual({
        status: 200,
        message: REFUSED,
        extensions: { code: "UNAUTHENTICATED", reason: "INVALID" },
      });
    }
    expect(await listed()).toBeUndefined();
    expect(await world.database.sql.query("SELECT 1 FROM role_binding WHERE service_account_id = $1", [id])).toEqual(
      [],
    );
    expect((await refusedWithoutTrace(world, remove, variables, admin)).message).toBe("Service account not found");
  });

  test("that is switched off stops, at once for changes and as soon as it is told for reads", async () => {
    const { id, token, read, remove, variables, listed } = await keyOn(level);
    await ask(world, read, variables, token);
    await world.database.sql.query("UPDATE service_account SET active = false WHERE id = $1", [id]);
    expect((await askInVain(world, remove, variables, token)).code).toBe("UNAUTHENTICATED");
    const code = async (): Promise<string | undefined> =>
      (await world.send(read, variables, token)).errors?.[0]?.extensions.code;
    expect(await untilNotified(code, "UNAUTHENTICATED")).toBe("UNAUTHENTICATED");
    expect(await listed()).toMatchObject({ active: false });
  });

  test("is refused where the installation accepts none, and shows as much of itself as is configured", async () => {
    const { token, read, variables, listed } = await keyOn(level);
    const replica = await startTestApp({
      database: world.database,
      env: { SERVICE_ACCOUNTS__ENABLED: "false", SERVICE_ACCOUNTS__SHOW_FIRST_CHARS: "0" },
    });
    try {
      expect((await askInVain(replica, read, variables, token)).code).toBe("UNAUTHENTICATED");
      const { createSystemServiceAccount: hidden } = await ask(
        replica,
        CREATE_SYSTEM,
        { label: "hidden", role: "SYSTEM_VIEWER" },
        admin,
      );
      expect(hidden.apiKey).toMatch(/^rtg_[0-9a-f]{32}$/);
      const { systemServiceAccounts } = await ask(replica, SYSTEM_SERVICE_ACCOUNTS, null, admin);
      expect(systemServiceAccounts.find(({ id }: { id: string }) => id === hidden.id).apiKey).toBe("rtg_");
      expect((await listed())?.apiKey).toBe(token.slice(0, 10));
    } finally {
      await replica.close();
    }
  });
});

describe("service accounts of the system", () => {
  test.each([
    ["systemServiceAccounts", SYSTEM_SERVICE_ACCOUNTS, ["SYSTEM_ADMIN", "SYSTEM_EDITOR", "SYSTEM_VIEWER"]],
    ["createSystemServiceAccount", CREATE_SYSTEM, ["SYSTEM_ADMIN"]],
    ["deleteSystemServiceAccount", DELETE_SYSTEM, ["SYSTEM_ADMIN"]],
  ])("%s: each role, given to a person", async (_name, query, allowed) => {
    const { id: deploymentId, workspaceId } = await createDeployment(world, admin);
    for (const role of [
      "SYSTEM_ADMIN",
      "SYSTEM_EDITOR",
      "SYSTEM_VIEWER",
      "WORKSPACE_ADMIN",
      "DEPLOYMENT_ADMIN",
      "USER",
    ]) {
      const { id: serviceAccountUuid } = await serviceAccountWith(world, admin, "SYSTEM_VIEWER");
      const user = await signUp(world, { by: admin });
      const place = role.startsWith("WORKSPACE")
        ? { workspaceId }
        : role.startsWith("DEPLOYMENT")
          ? { deploymentId }
          : {};
      if (role !== "USER") await bindRole(world, user.id, role, place);
      const before = await everything(world);
      const { status, errors } = await world.send(
        query,
        { label: "ci", role: "SYSTEM_VIEWER", serviceAccountUuid },
        user.token,
      );
      expect([role, status, errors?.[0]?.message ?? "OK"]).toEqual([
        role,
        200,
        allowed.includes(role) ? "OK" : REFUSED,
      ]);
      if (errors !== undefined) expect(await everything(world)).toEqual(before);
    }
  });

  test.each([
    ["a role on a Workspace", { role: "WORKSPACE_VIEWER" }, "role"],
    ["a role on a Deployment", { role: "DEPLOYMENT_VIEWER" }, "role"],
    ["no role to speak of", { role: "USER" }, "role"],
    ["a blank label", { label: " " }, "label"],
    ["a label beyond measure", { label: "x".repeat(500_000) }, "label"],
    ["a null character in the label", { label: "\0" }, "label"],
    ["a category of 191 characters", { category: "x".repeat(191) }, "category"],
  ])("with %s are refused, naming the argument", async (_name, variables, argument) => {
    const refusal = await refusedWithoutTrace(
      world,
      CREATE_SYSTEM,
      { label: "ci", role: "SYSTEM_VIEWER", ...variables },
      admin,
    );
    expect(refusal).toMatchObject({ code: "BAD_USER_INPUT", extensions: { argument } });
  });

  test("that are not there, or of a Workspace or Deployment, are not deleted as such", async () => {
    const others = [await keyOn("a Workspace"), await keyOn("a Deployment")].map(({ id }) => id);
    for (const serviceAccountUuid of [...others, ...NO_IDS()]) {
      const refusal = await refusedWithoutTrace(world, DELETE_SYSTEM, { serviceAccountUuid }, admin);
      expect(refusal).toMatchObject({ code: "NOT_FOUND", message: "Service account not found" });
    }
  });

  test("are made only for as much as their maker may", async () => {
    const roles = { SYSTEM_EDITOR: { permissions: { "system.serviceAccounts.create": true } } };
    const replica = await startTestApp({ database: world.database, env: { ROLES: JSON.stringify(roles) } });
    try {
      const { token } = await serviceAccountWith(world, admin, "SYSTEM_EDITOR");
      expect(
        await refusedWithoutTrace(replica, CREATE_SYSTEM, { label: "ci", role: "SYSTEM_ADMIN" }, token),
      ).toMatchObject({ code: "FORBIDDEN", message: REFUSED });
      expect(
        (await ask(replica, CREATE_SYSTEM, { label: "ci", role: "SYSTEM_EDITOR" }, token)).createSystemServiceAccount
          .entityType,
      ).toBe("SYSTEM");
    } finally {
      await replica.close();
    }
  });
});

test.each([false, true])(
  "a service account of a Deployment is made while that is deleted, or not, but is never left on it (for good: %s)",
  async (hard) => {
    for (let round = 0; round < 5; round++) {
      const { id } = await createDeployment(world, admin);
      const answers = await Promise.all([
        world.send(DELETE, { deploymentId: id, deploymentHardDelete: hard }, admin),
        ...[1, 2, 3].map(() =>
          world.send(CREATE_SERVICE_ACCOUNT, { deploymentUuid: id, label: "ci", role: "DEPLOYMENT_EDITOR" }, admin),
        ),
      ]);
      const codes = answers.map(({ errors }) => errors?.[0]?.extensions.code ?? "OK");
      expect(codes[0]).toBe("OK");
      expect(codes.filter((code) => code !== "OK" && code !== "NOT_FOUND")).toEqual([]);
      expect(await world.database.sql.query("SELECT id FROM service_account WHERE deployment_id = $1", [id])).toEqual(
        [],
      );
    }
  },
);
