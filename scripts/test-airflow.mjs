// Runs the tests of the Python package in airflow/: `npm run test:airflow`, with arguments for pytest behind `--`.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { findPython } from "./python.mjs";
import { ROOT } from "./stamp.mjs";

/** The newest one that runs on Python 3.9. */
const PYTEST = "pytest==8.4.2";
const INSTALL_TIMEOUT_MS = 180_000;

const skip = (why) => {
  process.stdout.write(`The tests of the Python package are skipped: ${why}\n`);
  process.exit(0);
};

/** @returns {string} a Python that has pytest, in the cache of the user */
function environmentFor({ version, path }) {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  const folder = join(cache, "retrograde", `python-${version}-${PYTEST.replace("==", "-")}`);
  const python = join(folder, "bin", "python");
  if (existsSync(python)) return python;
  mkdirSync(dirname(folder), { recursive: true });
  const part = mkdtempSync(`${folder}.part-`);
  const run = (command, args) => {
    const options = { encoding: "utf8", timeout: INSTALL_TIMEOUT_MS };
    const { status, stderr, error } = spawnSync(command, args, options);
    if (status === 0) return;
    rmSync(part, { recursive: true, force: true });
    skip(`${PYTEST} cannot be installed: ${error?.message ?? stderr.trim().split("\n").at(-1)}`);
  };
  run(path, ["-m", "venv", part]);
  run(join(part, "bin", "python"), ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", PYTEST]);
  try {
    renameSync(part, folder);
  } catch (error) {
    rmSync(part, { recursive: true, force: true });
    // Another run was quicker.
    if (!existsSync(python)) throw error;
  }
  return python;
}

const python = findPython();
if (python === undefined) skip("there is no Python 3.9 or newer. Install it, or name one by PYTHON.");
const report = process.env.AIRFLOW_TEST_REPORT;
const args = ["-m", "pytest", ...(report ? [`--junitxml=${report}`] : []), ...process.argv.slice(2)];
const env = { ...process.env, PYTHONDONTWRITEBYTECODE: "1" };
const { status } = spawnSync(environmentFor(python), args, { cwd: join(ROOT, "airflow"), stdio: "inherit", env });
process.exit(status ?? 1);
