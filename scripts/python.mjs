// Finds a Python for the package in airflow/.
import { spawnSync } from "node:child_process";

/** What the package needs: 3.9, and a tarfile that unpacks safely. Prints the version and the path. */
const PROBE =
  "import sys, tarfile; assert sys.version_info >= (3, 9); tarfile.data_filter; print(sys.version.split()[0], sys.executable)";

/** @returns {{version: string, path: string} | undefined} the first one that fits; `PYTHON` names another */
export function findPython() {
  for (const name of process.env.PYTHON ? [process.env.PYTHON] : ["python3", "python"]) {
    const { status, stdout } = spawnSync(name, ["-c", PROBE], { encoding: "utf8" });
    if (status !== 0) continue;
    const [version, ...path] = stdout.trim().split(" ");
    return { version, path: path.join(" ") };
  }
  return undefined;
}
