import { spawn, type ChildProcess } from "node:child_process";
import { appendFileSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const MAIN = join(__dirname, "..", "..", "dist", "src", "main.js");
/** A request that takes longer counts as unanswered. */
const ANSWER_TIMEOUT_MS = 20_000;
const LAST_LINES = 30;
/** A folder that keeps the whole process logs of a run, to find out what happened: CHAOS_LOGS=/tmp/logs. */
const LOGS = process.env["CHAOS_LOGS"];

/** The service refused the request, and nothing changed. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export type Fields = Record<string, unknown>;

/** One replica of the service: a process of its own on servers that outlive it. */
export class Replica {
  /** Ends that no test asked for, each with the last lines of the process log. */
  readonly unexpectedEnds: string[] = [];
  private child: ChildProcess | null = null;
  private readonly endings = new WeakSet<ChildProcess>();
  private url: string | null = null;

  constructor(
    readonly name: string,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  get isReady(): boolean {
    return this.url !== null;
  }

  /**
   * Resolves when the replica is ready, or has been killed before that. It takes another free port at each start.
   *
   * @throws Error if it ends by itself
   */
  async start(): Promise<void> {
    if (!existsSync(MAIN)) throw new Error("dist/ is missing: npm run build");
    const child = spawn(process.execPath, [MAIN, "serve"], {
      env: { PATH: process.env["PATH"], TMPDIR: tmpdir(), HOST: "127.0.0.1", PORT: "0", ...this.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child = child;
    const lines: string[] = [];
    const keep = (line: string): void => {
      if (LOGS !== undefined) appendFileSync(join(LOGS, `${this.name}.log`), `${line}\n`);
      lines.push(line);
      if (lines.length > LAST_LINES) lines.shift();
    };
    createInterface(child.stderr).on("line", keep);
    await new Promise<void>((resolve, reject) => {
      createInterface(child.stdout).on("line", (line) => {
        keep(line);
        const [, url] = /"url":"([^"]+)","msg":"ready"/.exec(line) ?? [];
        if (url === undefined || this.child !== child) return;
        this.url = url;
        resolve();
      });
      child.once("close", (exitCode, signal) => {
        if (this.child === child) this.url = null;
        if (this.endings.has(child)) return resolve();
        const end = `${this.name} ended with ${exitCode ?? signal}:\n${lines.join("\n")}`;
        this.unexpectedEnds.push(end);
        reject(new Error(end));
      });
    });
  }

  /** Ends the process and resolves once it is gone. */
  async end(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    const { child } = this;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    this.endings.add(child);
    this.url = null;
    const ended = new Promise((resolve) => child.once("close", resolve));
    child.kill(signal);
    await ended;
  }

  pause(): void {
    this.child?.kill("SIGSTOP");
  }

  resume(): void {
    this.child?.kill("SIGCONT");
  }

  /** @throws Refused if the answer holds an error; Error if there is no answer */
  async ask(query: string, variables: object = {}, token?: string): Promise<Record<string, Fields>> {
    const response = await this.fetch("/v1", {
      method: "POST",
      headers: { "content-type": "application/json", ...(token !== undefined && { authorization: token }) },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as {
      data: Record<string, Fields>;
      errors?: { message: string; extensions: { code: string } }[];
    };
    const [first] = errors ?? [];
    if (first !== undefined) throw new Refused(first.extensions.code, first.message);
    return data;
  }

  /** @throws Error if there is no answer */
  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    if (this.url === null) return Promise.reject(new Error(`${this.name} is not ready`));
    return fetch(`${this.url}${path}`, { ...init, signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
  }
}
