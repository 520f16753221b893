import { rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  createDeployment,
  finish,
  serviceAccountWith,
  signUp,
  signUpAdmin,
  userWith,
  type BuiltDeployment,
} from "../builders/api";
import { sha256Of, storedArchive, uploadDags, type UploadedRevision } from "../builders/dags";
import { startTestApp, type TestApp } from "../world/app";

const FILES = { "etl.py": "print('a')\n" };
const ARCHIVE = storedArchive(FILES);

let world: TestApp;
let admin: string;
let deployment: BuiltDeployment;
let first: UploadedRevision;
beforeAll(async () => {
  world = await startTestApp();
  admin = await signUpAdmin(world);
  deployment = await createDeployment(world, admin, { dagDeployment: { type: "dag_deploy" } });
  first = await uploadDags(world, admin, deployment, FILES);
  await finish(world, first.id);
});
afterAll(() => world.close());

const download = (headers: Record<string, string> = {}, query = "", releaseName = deployment.releaseName) =>
  world.app.server.app.inject({
    method: "GET",
    url: `/${releaseName}/dags/download${query}`,
    headers: { authorization: admin, ...headers },
  });

test("answers the live archive, packed anew of what was uploaded", async () => {
  const answer = await download();
  expect(answer.statusCode).toBe(200);
  expect(answer.rawPayload.equals(ARCHIVE)).toBe(true);
  expect(answer.headers).toMatchObject({
    "content-type": "application/gzip",
    "content-length": String(ARCHIVE.length),
    etag: `"${sha256Of(ARCHIVE)}"`,
    "x-dag-tarball-version": first.dagTarballVersion,
  });
});

test("tells of the archive without reading it", async () => {
  const opened = jest.spyOn(world.app.features.bundles.store, "open");
  const { headers: told } = await download();
  opened.mockClear();
  const answer = await world.app.server.app.inject({
    method: "HEAD",
    url: `/${deployment.releaseName}/dags/download`,
    headers: { authorization: admin },
  });
  expect([answer.statusCode, answer.body, opened.mock.calls.length]).toEqual([200, "", 0]);
  for (const name of ["content-type", "content-length", "etag", "x-dag-tarball-version"])
    expect(answer.headers[name]).toBe(told[name]);
  opened.mockRestore();
});

test("answers 304 to whoever has it", async () => {
  const { etag } = (await download()).headers;
  expect((await download({ "if-none-match": `"other", W/${etag as string}` })).statusCode).toBe(304);
  expect((await download({ "if-none-match": '"other"' })).statusCode).toBe(200);
});

test.each<[string, number, number, number]>([
  ["bytes=0-9", 206, 0, 10],
  ["bytes=5-", 206, 5, ARCHIVE.length],
  ["bytes=-4", 206, ARCHIVE.length - 4, ARCHIVE.length],
  ["bytes=3-99999999", 206, 3, ARCHIVE.length],
  ["bytes=9-3", 200, 0, ARCHIVE.length],
  ["lines=1-2", 200, 0, ARCHIVE.length],
  ["bytes=0-1,4-5", 200, 0, ARCHIVE.length],
])("range %s", async (range, status, start, end) => {
  const answer = await download({ range });
  expect(answer.statusCode).toBe(status);
  expect(answer.rawPayload.equals(ARCHIVE.subarray(start, end))).toBe(true);
  if (status === 206) expect(answer.headers["content-range"]).toBe(`bytes ${start}-${end - 1}/${ARCHIVE.length}`);
});

test.each(["bytes=99999999-", "bytes=-0"])("range %s cannot be had", async (range) => {
  const answer = await download({ range });
  expect([answer.statusCode, answer.headers["content-range"]]).toEqual([416, `bytes */${ARCHIVE.length}`]);
});

test("answers an earlier version by name", async () => {
  const second = await uploadDags(world, admin, deployment, { "etl.py": "2" });
  await finish(world, second.id);
  expect((await download({}, `?version=${first.dagTarballVersion}`)).rawPayload.equals(ARCHIVE)).toBe(true);
  expect((await download()).headers["x-dag-tarball-version"]).toBe(second.dagTarballVersion);
});

test("refuses who may not, and what is not there", async () => {
  const viewer = await serviceAccountWith(world, admin, "DEPLOYMENT_VIEWER", { deploymentId: deployment.id });
  const colleague = await userWith(world, admin, "WORKSPACE_VIEWER", { workspaceId: deployment.workspaceId });
  const stranger = await signUp(world, { by: admin });
  const empty = await createDeployment(world, admin);
  const statusFor = async (token: string): Promise<number> => (await download({ authorization: token })).statusCode;
  expect([await statusFor(viewer.token), await statusFor(stranger.token), await statusFor("")]).toEqual([
    200, 404, 401,
  ]);
  expect(await statusFor(colleague.token)).toBe(403);
  expect((await download({}, "", "no-such-release")).statusCode).toBe(404);
  expect((await download({}, "", "no%00release")).statusCode).toBe(404);
  expect((await download({}, "", empty.releaseName)).statusCode).toBe(404);
  expect((await download({}, "?version=2001-01-01T00:00:00.000000Z")).statusCode).toBe(404);
  expect((await download({}, "?version=latest")).statusCode).toBe(400);
});

test("tells a Deployment without a bundle, and a bundle that is gone, from an unknown Deployment", async () => {
  const empty = await createDeployment(world, admin);
  const refusal = async (query = "", releaseName = deployment.releaseName): Promise<unknown> =>
    (await download({}, query, releaseName)).json().errors[0];
  expect(await refusal("", empty.releaseName)).toEqual({
    message: "DAG bundle not found",
    extensions: { code: "NOT_FOUND", dagTarballVersion: null },
  });
  const version = "2001-01-01T00:00:00.000000Z";
  expect(await refusal(`?version=${version}`)).toEqual({
    message: `DAG bundle ${version} not found`,
    extensions: { code: "NOT_FOUND", dagTarballVersion: version },
  });
  expect(await refusal("", "no-such-release")).toEqual({
    message: "Deployment not found",
    extensions: { code: "NOT_FOUND" },
  });
});

test.each<[string, (file: string) => Promise<void>]>([
  ["gone", (file) => rm(file)],
  ["other than they were", async (file) => writeFile(file, "x".repeat((await stat(file)).size))],
])("bytes that are %s are not answered, and not taken for no DAGs", async (_name, damage) => {
  const revision = await uploadDags(world, admin, deployment, { "etl.py": _name });
  const sha256 = sha256Of(storedArchive({ "etl.py": _name }));
  await damage(join(world.dataDir, "bundles", sha256.slice(0, 2), `${sha256}.tar.gz`));
  const answer = await download({}, `?version=${revision.dagTarballVersion}`);
  expect([answer.statusCode, answer.json().errors[0].extensions.code]).toEqual([503, "UNAVAILABLE"]);
  expect([answer.headers["etag"], answer.headers["content-length"]]).toEqual([
    undefined,
    String(answer.rawPayload.length),
  ]);
});
