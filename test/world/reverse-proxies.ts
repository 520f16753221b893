import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./free-port";

const STARTS_WITHIN_MS = 30_000;
const GUIDE = join(__dirname, "../../docs/astro-cli.md");

export interface ReverseProxy {
  readonly url: string;
  close(): Promise<void>;
}

/** Where the documented names lead in a test: `host:port` each. */
export interface Upstreams {
  readonly api: string;
  /** The Airflow of every Deployment. */
  readonly airflow: string;
  /**
   * Whether the line that removes the client's value of the other header is left out, as in a configuration of
   * somebody's own.
   */
  readonly passesClientHeader: boolean;
}

/** The path of a program; null where it is not installed. Debian keeps servers out of an ordinary user's PATH. */
export const programPath = (name: string): string | null =>
  [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/sbin"]
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path)) ?? null;

/** Caddy with the documented configuration, of which only the addresses are replaced. */
export function startCaddy(program: string, { api, airflow, passesClientHeader }: Upstreams): Promise<ReverseProxy> {
  return start(async (folder, port) => {
    const site = without(passesClientHeader ? "header_up -X-Original-URL" : null, documented("@airflow path_regexp"))
      .replace("deployments.example.com {", `http://127.0.0.1:${port} {\n\tbind 127.0.0.1`)
      .replace("{re.release.1}-webserver:8080", airflow)
      .replaceAll("retrograde:8871", api);
    const file = join(folder, "Caddyfile");
    await writeFile(file, `{\n\tadmin off\n\tauto_https off\n}\n${site}`);
    const env = { PATH: process.env["PATH"], HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
    return spawn(program, ["run", "--config", file, "--adapter", "caddyfile"], { stdio: "ignore", env });
  });
}

/** nginx with the documented configuration, of which only the addresses are replaced. */
export function startNginx(program: string, { api, airflow, passesClientHeader }: Upstreams): Promise<ReverseProxy> {
  return start(async (folder, port) => {
    const site = without(
      passesClientHeader ? 'proxy_set_header X-Forwarded-Uri "";' : null,
      documented("auth_request /authorization"),
    )
      .replace("listen 443 ssl;", `listen 127.0.0.1:${port};`)
      .replace("$release-webserver:8080", airflow)
      .replaceAll("retrograde:8871", api);
    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
      .map((name) => `${name}_temp_path ${folder}/${name};`)
      .join(" ");
    const file = join(folder, "nginx.conf");
    await writeFile(
      file,
      `daemon off;\nmaster_process off;\npid ${folder}/pid;\nerror_log ${folder}/error.log;\nevents {}\nhttp { access_log off; ${temporary}\n${site}\n}`,
    );
    return spawn(program, ["-p", folder, "-e", join(folder, "error.log"), "-c", file], { stdio: "ignore" });
  });
}

/** The one block of the guide that contains the text. */
function documented(text: string): string {
  const blocks = [...readFileSync(GUIDE, "utf8").matchAll(/^```\w*\n(.*?)^```$/gms)].map(([, block]) => block ?? "");
  const found = blocks.filter((block) => block.includes(text));
  if (found.length !== 1) throw new Error(`${GUIDE} has ${found.length} blocks with ${text}`);
  return found[0]!;
}

function without(line: string | null, configuration: string): string {
  if (line === null) return configuration;
  if (!configuration.includes(line)) throw new Error(`the guide has no line ${line}`);
  return configuration.replace(line, "");
}

async function start(launch: (folder: string, port: number) => Promise<ChildProcess>): Promise<ReverseProxy> {
  const folder = await mkdtemp(join(tmpdir(), "retrograde-proxy-"));
  const port = await freePort();
  const child = await launch(folder, port);
  const close = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await gone;
    }
    await rm(folder, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  for (const until = Date.now() + STARTS_WITHIN_MS; ; await sleep(50)) {
    const status = await fetch(`${url}/v1/healthz`).then(
      (response) => response.status,
      () => null,
    );
    if (status === 200) return { url, close };
    if (Date.now() > until || child.exitCode !== null) {
      const log = join(folder, "error.log");
      const reason = existsSync(log) ? readFileSync(log, "utf8") : "";
      await close();
      throw new Error(`the proxy did not start: ${reason}`);
    }
  }
}
