import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { createDeployment, finish, serviceAccountWith, signUpAdmin, userWith } from "../builders/api";
import { uploadDags } from "../builders/dags";
import { startTestApp, type TestApp } from "../world/app";

const PACKAGE = join(__dirname, "..", "..", "airflow");
const PYTHON = process.env["PYTHON"] ?? "python3";
const isThere = spawnSync(PYTHON, ["-c", "import tarfile; tarfile.data_filter"]).status === 0;
if (!isThere)
  process.stdout.write("The Python package is not tested on this service: there is no Python 3.9 or newer\n");
const testWithPython = isThere ? test : test.skip;

let world: TestApp;
beforeAll(async () => {
  world = await startTestApp();
});
afterAll(() => world.close());

/** Asks the service what `airflow/tests/contract.py` expects of it; returns the names of what was checked. */
async function checkContract(installation: object): Promise<readonly string[]> {
  const python = spawn(PYTHON, [join(PACKAGE, "tests", "contract.py")], {
    env: { PATH: process.env["PATH"], PYTHONPATH: join(PACKAGE, "src"), PYTHONDONTWRITEBYTECODE: "1", NO_PROXY: "*" },
  });
  python.stdin.end(JSON.stringify(installation));
  const [output, errors, [code]] = await Promise.all([text(python.stdout), text(python.stderr), once(python, "close")]);
  if (code !== 0) throw new Error(errors);
  return output.trim().split("\n");
}

testWithPython("the service keeps the contract that the Python package and its fake rely on", async () => {
  const { app } = world.app.server;
  const { port } = app.server.address() as AddressInfo;

  const admin = await signUpAdmin(world);
  const deployment = await createDeployment(world, admin, { dagDeployment: { type: "dag_deploy" } });
  const { workspaceId, releaseName } = deployment;
  const empty = await createDeployment(world, admin, { workspaceId, dagDeployment: { type: "dag_deploy" } });
  const first = await uploadDags(world, admin, deployment, { "etl.py": "print('a')\n", "lib/table.sql": "select 1" });
  await finish(world, first.id);
  const second = await uploadDags(world, admin, deployment, { "etl.py": "print('b')\n" });
  await finish(world, second.id);
  const reader = await serviceAccountWith(world, admin, "WORKSPACE_EDITOR", { workspaceId });
  const outsider = await userWith(world, admin, "WORKSPACE_VIEWER", { workspaceId });

  const checked = await checkContract({
    url: `http://127.0.0.1:${port}`,
    releaseName,
    emptyReleaseName: empty.releaseName,
    readerKey: reader.token,
    outsiderKey: outsider.token,
    firstVersion: first.dagTarballVersion,
    secondVersion: second.dagTarballVersion,
  });
  expect(checked).toHaveLength(10);
});
