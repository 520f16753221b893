import { chmod, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { credentialsFile, findCredentials, keepCredentials } from "./credentials";

const KEPT = { url: "https://a.example.com/v1", token: "kept" };

let home: string;
let path: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "retrograde-home-"));
  path = credentialsFile({}, home);
});
afterEach(() => rm(home, { recursive: true }));

test("are kept for the owner only, below XDG_CONFIG_HOME where that is set", async () => {
  expect(path).toBe(join(home, ".config/retrograde/credentials.json"));
  expect(credentialsFile({ XDG_CONFIG_HOME: "/x" }, home)).toBe("/x/retrograde/credentials.json");
  await keepCredentials(path, { ...KEPT, token: "older" });
  await keepCredentials(path, KEPT);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(dirname(path))).mode & 0o777).toBe(0o700);
  expect(await readdir(dirname(path))).toEqual(["credentials.json"]);
  expect(await findCredentials({}, home)).toEqual(KEPT);
});

test("a file that others can read, or that is damaged, is refused", async () => {
  await keepCredentials(path, KEPT);
  await chmod(path, 0o640);
  await expect(findCredentials({}, home)).rejects.toThrow(/chmod 600/);
  await chmod(path, 0o600);
  for (const text of ["", "{", "null", '{"url":"https://a.example.com/v1"}', '{"url":"x","token":"t"}']) {
    await writeFile(path, text);
    await expect(findCredentials({}, home)).rejects.toThrow(/damaged/);
  }
});

describe("the environment", () => {
  test("does without a file", async () => {
    const env = { RETROGRADE_URL: "https://b.example.com", RETROGRADE_TOKEN: "t" };
    expect(await findCredentials(env, home)).toEqual({ url: "https://b.example.com/v1", token: "t" });
  });

  test("goes before the file", async () => {
    await keepCredentials(path, KEPT);
    expect(await findCredentials({ RETROGRADE_TOKEN: "t" }, home)).toEqual({ url: KEPT.url, token: "t" });
    expect(await findCredentials({ RETROGRADE_URL: "https://a.example.com/" }, home)).toEqual(KEPT);
  });

  test("never sends the file's token to another server", async () => {
    await keepCredentials(path, KEPT);
    await expect(findCredentials({ RETROGRADE_URL: "https://b.example.com" }, home)).rejects.toThrow(
      "You are signed in to https://a.example.com/v1. For https://b.example.com/v1 set RETROGRADE_TOKEN as well",
    );
  });

  test("has to be complete where there is no file, and sendable", async () => {
    await expect(findCredentials({}, home)).rejects.toThrow(/retrograde login/);
    await expect(findCredentials({ RETROGRADE_URL: "https://b.example.com" }, home)).rejects.toThrow(/Sign in/);
    await expect(findCredentials({ RETROGRADE_TOKEN: "t" }, home)).rejects.toThrow(/RETROGRADE_URL/);
    const broken = { RETROGRADE_URL: "https://b.example.com", RETROGRADE_TOKEN: "t\nx: y" };
    await expect(findCredentials(broken, home)).rejects.toThrow(/RETROGRADE_TOKEN/);
  });
});
