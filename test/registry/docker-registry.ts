import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const STARTS_WITHIN_MS = 15_000;

export interface RegistrySettings {
  readonly port: number;
  /** Where clients are sent for tokens. */
  readonly realm: string;
  readonly service: string;
  readonly issuer: string;
  /** Whose tokens are taken. */
  readonly certificatePem: string;
  /** Where pushes are told, and with which `Authorization`. */
  readonly notifications: { readonly url: string; readonly authorization: string };
}

export interface RunningRegistry {
  /** Does the work while nobody answers at its address; what it holds stays. */
  away(work: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/** Whether the Distribution project's registry can be started here: Debian's package docker-registry. */
export const hasDockerRegistry = (): boolean =>
  (process.env["PATH"] ?? "").split(delimiter).some((folder) => existsSync(join(folder, "docker-registry")));

/** It keeps everything in a folder of its own, and listens on this machine only. */
export async function startDockerRegistry(settings: RegistrySettings): Promise<RunningRegistry> {
  const folder = await mkdtemp(join(tmpdir(), "retrograde-registry-"));
  const certificates = join(folder, "tls.crt");
  const file = join(folder, "config.yml");
  await writeFile(certificates, settings.certificatePem);
  // YAML takes JSON.
  await writeFile(file, JSON.stringify(configuration(settings, folder, certificates)));
  let registry = serve(file);
  const close = async (): Promise<void> => {
    await stop(registry);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await untilUp(settings.port);
    return {
      close,
      away: async (work) => {
        await stop(registry);
        await work();
        registry = serve(file);
        await untilUp(settings.port);
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const serve = (file: string): ChildProcess =>
  spawn("docker-registry", ["serve", file], { stdio: "ignore", env: { PATH: process.env["PATH"] ?? "" } });

const configuration = (
  { port, realm, service, issuer, notifications }: RegistrySettings,
  folder: string,
  rootcertbundle: string,
): object => ({
  version: "0.1",
  log: { level: "error" },
  storage: { filesystem: { rootdirectory: join(folder, "images") }, delete: { enabled: true } },
  http: { addr: `127.0.0.1:${port}` },
  auth: { token: { realm, service, issuer, rootcertbundle } },
  notifications: {
    endpoints: [
      {
        name: "retrograde",
        url: notifications.url,
        headers: { Authorization: [notifications.authorization] },
        timeout: "5s",
        threshold: 10,
        backoff: "200ms",
        ignoredmediatypes: ["application/octet-stream"],
      },
    ],
  },
});

async function untilUp(port: number): Promise<void> {
  for (const until = Date.now() + STARTS_WITHIN_MS; Date.now() < until;) {
    const answer = await fetch(`http://127.0.0.1:${port}/v2/`).catch(() => null);
    if (answer?.status === 401) return;
    await sleep(50);
  }
  throw new Error("docker-registry did not start");
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await gone;
}
