import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../world/free-port";

const STARTS_WITHIN_MS = 25_000;
const SERVERS = ["account", "container", "object", "proxy"] as const;
const PROGRAMS = [...SERVERS.map((name) => `swift-${name}-server`), "swift-ring-builder", "memcached"];

export interface Swift {
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  close(): Promise<void>;
}

/**
 * Whether OpenStack Swift with its S3 interface can be started here: Debian's packages
 * swift-{proxy,account,container,object} and memcached.
 */
export const hasSwift = (): boolean =>
  PROGRAMS.every((program) =>
    (process.env["PATH"] ?? "").split(delimiter).some((folder) => existsSync(join(folder, program))),
  ) && existsSync("/etc/swift/swift.conf");

/** A Swift of one device, on this machine only, that keeps everything in a folder of its own. */
export async function startSwift(): Promise<Swift> {
  const folder = await mkdtemp(join(tmpdir(), "retrograde-swift-"));
  const children: ChildProcess[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(children.map(stop));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const cachePort = await freePort();
    children.push(
      spawn(
        "memcached",
        ["-l", "127.0.0.1", "-p", String(cachePort), "-U", "0", "-u", userInfo().username, "-m", "16"],
        { stdio: "ignore" },
      ),
    );
    const ports = await Promise.all(SERVERS.map(freePort));
    await mkdir(join(folder, "disk", "d1"), { recursive: true });
    for (const [at, name] of SERVERS.entries()) {
      const port = ports[at]!;
      if (name !== "proxy") buildRing(folder, name, port);
      const settings = join(folder, `${name}.conf`);
      await writeFile(
        settings,
        name === "proxy" ? proxySettings(folder, port, cachePort) : storageSettings(folder, name, port),
      );
      children.push(spawn(`swift-${name}-server`, [settings], { stdio: "ignore" }));
    }
    // All of them: the proxy answers before the others do, and takes one that does not answer for broken for a while.
    await Promise.all(ports.map(untilUp));
    return {
      endpoint: `http://127.0.0.1:${ports.at(-1)}`,
      accessKeyId: "test:tester",
      secretAccessKey: "testing",
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function buildRing(folder: string, name: string, port: number): void {
  const builder = join(folder, `${name}.builder`);
  const run = (...args: string[]): void =>
    void execFileSync("swift-ring-builder", [builder, ...args], { stdio: "ignore" });
  run("create", "4", "1", "0");
  run("add", `r1z1-127.0.0.1:${port}/d1`, "1");
  run("rebalance");
}

const general = (folder: string, port: number): string => `[DEFAULT]
bind_ip = 127.0.0.1
bind_port = ${port}
workers = 0
user = ${userInfo().username}
swift_dir = ${folder}
devices = ${join(folder, "disk")}
mount_check = false
log_address = ${join(folder, "no-log")}
`;

const storageSettings = (folder: string, name: string, port: number): string => `${general(folder, port)}
[pipeline:main]
pipeline = healthcheck ${name}-server
[app:${name}-server]
use = egg:swift#${name}
[filter:healthcheck]
use = egg:swift#healthcheck
`;

const proxySettings = (folder: string, port: number, cachePort: number): string => `${general(folder, port)}
[pipeline:main]
pipeline = catch_errors healthcheck listing_formats cache s3api tempauth copy slo dlo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:${cachePort}
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:healthcheck]
use = egg:swift#healthcheck
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:copy]
use = egg:swift#copy
[filter:slo]
use = egg:swift#slo
[filter:dlo]
use = egg:swift#dlo
`;

async function untilUp(port: number): Promise<void> {
  for (const end = Date.now() + STARTS_WITHIN_MS; Date.now() < end; await sleep(100)) {
    const answer = await fetch(`http://127.0.0.1:${port}/healthcheck`).catch(() => null);
    if (answer?.ok === true) return;
  }
  throw new Error(`Swift did not start within ${STARTS_WITHIN_MS} ms`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const exited = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await exited;
}
