import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { ask, askInVain, signUpAdmin } from "../builders/api";
import { person, type Person } from "../builders/workspace-operations";
import { startTestApp, type TestApp } from "../world/app";

const MAIN = join(__dirname, "..", "..", "dist", "src", "main.js");
const SIGN_IN =
  "mutation ($identity: String, $password: String!) { createToken(identity: $identity, password: $password) { token { value } } }";
const NEW = "a lost horse found";

let world: TestApp;
let user: Person;
beforeAll(async () => {
  world = await startTestApp();
  user = await person(world, await signUpAdmin(world));
});
afterAll(() => world.close());

/** The command beside the running service, with that on stdin. */
async function setPassword(args: readonly string[], typed: string) {
  const env = {
    PATH: process.env["PATH"],
    DATABASE_URL: world.database.url,
    DATA_DIR: world.dataDir,
    SECRETS__ENCRYPTION_KEYS: world.config.secrets.encryptionKeys.join(),
  };
  const child = spawn(process.execPath, [MAIN, "set-password", ...args], { env });
  child.stdin.end(typed);
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await ended, stdout, stderr };
}

test("gives a user a new password from stdin, beside a running service, and ends their sessions", async () => {
  const { code, stdout, stderr } = await setPassword(["--user", user.email.toUpperCase()], `${NEW}\n`);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/has a new password, and all their sessions have ended\.\n$/);
  expect((await askInVain(world, 'mutation { createWorkspace(label: "x") { id } }', null, user.token)).code).toBe(
    "UNAUTHENTICATED",
  );
  expect(await ask(world, SIGN_IN, { identity: user.email, password: NEW })).toHaveProperty("createToken.token");
  const lines = await world.database.sql.query(
    "SELECT actor_type AS type, actor_label AS actor, address FROM audit_line WHERE action = 'user.set_password' AND object_id = $1",
    [user.id],
  );
  expect(lines).toEqual([{ type: "SYSTEM", actor: "Command line", address: null }]);
});

test.each<[string, readonly string[], string, number, string]>([
  ["a user who is not there", ["--user", "nobody@example.com"], NEW, 1, "User not found"],
  ["a password that is too short", ["--user", "EMAIL"], "short", 1, "password: has to have 8 to 128 characters"],
  ["a common password", ["--user", "EMAIL"], "password1", 1, "commonest"],
  ["the user's own address", ["--user", "EMAIL"], "EMAIL", 1, "a name or an address of the user"],
  ["no password", ["--user", "EMAIL"], "", 1, "8 to 128"],
  ["no user", [], NEW, 2, "--user takes a user name or an e-mail address"],
  ["a password on the command line", ["--user", "EMAIL", NEW], NEW, 2, "Unexpected argument"],
])("refuses %s, and changes nothing", async (_name, args, typed, code, message) => {
  const before = await world.database.sql.query("SELECT password_hash, sessions_from FROM app_user ORDER BY id");
  const insert = (given: string): string => given.replace("EMAIL", user.email);
  const ended = await setPassword(args.map(insert), insert(typed));
  expect(ended.code).toBe(code);
  expect(ended.stderr).toContain(message);
  expect(await world.database.sql.query("SELECT password_hash, sessions_from FROM app_user ORDER BY id")).toEqual(
    before,
  );
});
