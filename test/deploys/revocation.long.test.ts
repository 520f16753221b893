import { randomBytes } from "node:crypto";
import { readdir } from "node:fs/promises";
import { get } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Readable } from "node:stream";
import { Client } from "pg";
import {
  ask,
  bindRole,
  createDeployment,
  deployImage,
  finish,
  ROLLBACK,
  serviceAccountWith,
  signUpAdmin,
  UPDATE_IMAGE,
  userWith,
  type Account,
  type BuiltDeployment,
} from "../builders/api";
import { cliParts, dagArchive, form, uploadDags } from "../builders/dags";
import { fingerprint } from "../builders/fingerprint";
import { REVOKE_USER } from "../builders/team-operations";
import { REMOVE_USER_ACCOUNT, SET_PASSWORD } from "../builders/user-operations";
import { startTestApp, type TestApp } from "../world/app";
import { until } from "../world/until";

/** Whoever holds it may deploy, download and, since it is the system's, see every Deployment. */
const ROLE = "SYSTEM_ADMIN";
/** Less than a mutation waits for a lock. */
const LASTS_MS = 2_000;
/** More than the half second between two looks at who may read. */
const SOON_MS = 1_500;

let world: TestApp;
let admin: string;
let deployment: BuiltDeployment;
let target: string;
let bigVersion: string;
beforeAll(async () => {
  world = await startTestApp();
  admin = await signUpAdmin(world);
  deployment = await createDeployment(world, admin, { dagDeployment: { type: "dag_deploy" } });
  // Nothing of it can be packed, and it is more than sockets hold.
  const big = { "big.bin": randomBytes(24 * 1024 * 1024) };
  const uploaded = await uploadDags(world, admin, deployment, big);
  target = uploaded.id;
  bigVersion = uploaded.dagTarballVersion;
  await finish(world, target);
  await deployImage(world, admin, deployment);
});
afterAll(() => world.close());

interface Revocation {
  readonly name: string;
  readonly make: () => Promise<Account>;
  readonly revoke: (account: Account) => Promise<unknown>;
  /** What a request of the account is answered from then on. */
  readonly codes: readonly string[];
}

const user = (): Promise<Account> => userWith(world, admin, ROLE);
const key = (): Promise<Account> => serviceAccountWith(world, admin, ROLE);
const UPDATE_WORKSPACE =
  "mutation ($workspaceUuid: Uuid!, $payload: JSON!) { updateWorkspace(workspaceUuid: $workspaceUuid, payload: $payload) { id } }";
const DELETE_KEY = "mutation ($id: Uuid!) { deleteSystemServiceAccount(serviceAccountUuid: $id) { id } }";

const REVOCATIONS: readonly Revocation[] = [
  {
    name: "the role is taken away",
    make: user,
    revoke: ({ id }) => ask(world, REVOKE_USER, { userId: id, role: ROLE }, admin),
    codes: ["NOT_FOUND", "FORBIDDEN"],
  },
  {
    name: "the user is removed",
    make: user,
    revoke: ({ id }) => ask(world, REMOVE_USER_ACCOUNT, { id }, admin),
    codes: ["UNAUTHENTICATED"],
  },
  {
    name: "the password is changed",
    make: user,
    revoke: ({ id }) => ask(world, SET_PASSWORD, { userUuid: id, password: "another horse" }, admin),
    codes: ["UNAUTHENTICATED"],
  },
  {
    name: "the session runs out",
    make: async () => {
      const { id } = await user();
      const token = await world.app.features.access.tokens.issue(id, { notAfterMs: Date.now() + LASTS_MS });
      return { id, token };
    },
    revoke: () => new Promise((resolve) => setTimeout(resolve, LASTS_MS)),
    codes: ["UNAUTHENTICATED"],
  },
  {
    name: "the service account is removed",
    make: key,
    revoke: ({ id }) => ask(world, DELETE_KEY, { id }, admin),
    codes: ["UNAUTHENTICATED"],
  },
  {
    name: "the service account has another key",
    make: key,
    revoke: ({ id }) =>
      world.database.sql.query("UPDATE service_account SET api_key_hash = $2 WHERE id = $1", [id, `${id} other`]),
    codes: ["UNAUTHENTICATED"],
  },
  {
    name: "the service account has a lower role",
    make: key,
    revoke: ({ id }) =>
      world.database.sql.query("UPDATE role_binding SET role = 'SYSTEM_VIEWER' WHERE service_account_id = $1", [id]),
    codes: ["FORBIDDEN"],
  },
];

const revisions = (): Promise<unknown> =>
  world.database.sql.query("SELECT id, number FROM deploy_revision WHERE deployment_id = $1 ORDER BY number", [
    deployment.id,
  ]);
const bundles = (): Promise<unknown> => world.database.sql.query("SELECT version FROM dag_bundle ORDER BY version");

/** Sends all of an upload but the end, then that. */
async function uploadSlowly({ token }: Account, meanwhile: () => Promise<unknown>): Promise<string> {
  const { headers, payload } = form(cliParts(dagArchive({ "late.py": "" })));
  async function* body(): AsyncGenerator<Buffer> {
    yield payload.subarray(0, -20);
    await until(
      () => readdir(join(world.dataDir, "uploads")).catch(() => []),
      (files) => files.length > 0,
    );
    await meanwhile();
    yield payload.subarray(-20);
  }
  const answer = await world.app.server.app.inject({
    method: "POST",
    url: `/${deployment.releaseName}/dags/upload`,
    headers: { ...headers, authorization: token },
    payload: Readable.from(body()),
  });
  const { errors } = answer.json<{ errors?: { extensions: { code: string } }[] }>();
  return errors?.[0]?.extensions.code ?? "OK";
}

/** Sends a mutation while somebody else has what it changes locked. */
const whileLocked =
  (query: string, variables: () => object, locked: "deployment" | "workspace" = "deployment") =>
  async ({ token }: Account, meanwhile: () => Promise<unknown>): Promise<string> => {
    const other = new Client({ connectionString: world.database.url });
    await other.connect();
    try {
      await other.query("BEGIN");
      const id = locked === "deployment" ? deployment.id : deployment.workspaceId;
      await other.query(`SELECT 1 FROM ${locked} WHERE id = $1 FOR UPDATE`, [id]);
      const answering = world.send(query, variables(), token);
      await until(
        () =>
          world.database.sql.query(
            "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()",
          ),
        (waiting) => waiting.length > 0,
      );
      await meanwhile();
      await other.query("COMMIT");
      return (await answering).errors?.[0]?.extensions.code ?? "OK";
    } finally {
      await other.end();
    }
  };

describe.each([
  ["an upload", uploadSlowly],
  [
    "a deploy of an image",
    whileLocked(UPDATE_IMAGE, () => ({ releaseName: deployment.releaseName, image: "registry.example.com/late:1" })),
  ],
  [
    "a rollback",
    whileLocked(ROLLBACK, () => ({ deploymentUuid: deployment.id, deployRevisionId: target, description: "late" })),
  ],
  [
    "a change of the Workspace",
    whileLocked(
      UPDATE_WORKSPACE,
      () => ({ workspaceUuid: deployment.workspaceId, payload: { label: "late" } }),
      "workspace",
    ),
  ],
])("%s", (_name, request) => {
  test.each(REVOCATIONS)("is refused where meanwhile $name", async ({ make, revoke, codes }) => {
    const account = await make();
    const before = [await revisions(), await bundles()];
    let after: unknown;
    const code = await request(account, async () => {
      await revoke(account);
      after = await fingerprint(world);
    });
    expect(codes).toContain(code);
    expect([await revisions(), await bundles()]).toEqual(before);
    expect(await fingerprint(world)).toEqual(after);
  });
});

test("an upload whose caller got another role meanwhile that allows it is taken", async () => {
  const account = await user();
  const code = await uploadSlowly(account, async () => {
    await world.database.sql.query("DELETE FROM role_binding WHERE user_id = $1", [account.id]);
    await bindRole(world, account.id, "DEPLOYMENT_EDITOR", { deploymentId: deployment.id });
  });
  expect(code).toBe("OK");
});

/** Reads the beginning of an answer, then, after `meanwhile`, the rest. */
function readSlowly(path: string, { token }: Account, meanwhile: () => Promise<unknown>): Promise<"WHOLE"> {
  const { port } = world.app.server.app.server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    // On a connection of its own: one that was used before may have room for the whole answer.
    get({ agent: false, port, path, headers: { authorization: token } }, (response) => {
      response.once("data", () => {
        response.pause();
        meanwhile().then(() => setTimeout(() => response.resume(), SOON_MS), reject);
      });
      response.on("data", () => undefined);
      response.on("end", () => resolve("WHOLE"));
      response.on("error", reject);
    }).on("error", reject);
  });
}

describe.each([
  ["a download", () => `/${deployment.releaseName}/dags/download?version=${bigVersion}`],
  ["an export of the audit trail", () => "/v1/audit/export?action=test.long"],
])("%s", (_name, path) => {
  beforeAll(async () => {
    await world.database.sql.query(
      `INSERT INTO audit_line (id, action, actor_id, actor_type, actor_label, object_type, details, created_at)
       SELECT gen_random_uuid(), 'test.long', 'x', 'USER', 'x', 'system', jsonb_build_object('padding', repeat('x', 4000)), now()
       FROM generate_series(1, 8000)`,
    );
  });

  test("goes on to its end otherwise", async () => {
    expect(await readSlowly(path(), await user(), async () => undefined)).toBe("WHOLE");
  });

  // What only time ends is seen when the replica looks again, every half minute.
  test.each(REVOCATIONS.filter(({ name }) => name !== "the session runs out" && !name.endsWith("a lower role")))(
    "is cut off where meanwhile $name",
    async ({ make, revoke }) => {
      const account = await make();
      await expect(readSlowly(path(), account, () => revoke(account))).rejects.toThrow("aborted");
    },
  );
});
