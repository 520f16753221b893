import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const MAIN = join(__dirname, "..", "..", "dist", "src", "main.js");

/** `retrograde serve`, or another command, as a process of its own. */
export class ServiceProcess {
  output = "";
  stdout = "";
  readonly ended: Promise<number | null>;

  private constructor(private readonly child: ChildProcess) {
    child.stdout?.on("data", (chunk: Buffer) => {
      this.output += chunk.toString();
      this.stdout += chunk.toString();
    });
    child.stderr?.on("data", (chunk: Buffer) => (this.output += chunk.toString()));
    this.ended = new Promise((resolve) => child.once("close", resolve));
  }

  static run(args: readonly string[], env: Readonly<Record<string, string>>): ServiceProcess {
    if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing: run npm run build (npm test does)`);
    return new ServiceProcess(
      spawn(process.execPath, [MAIN, ...args], { env: { PATH: process.env["PATH"], HOST: "127.0.0.1", ...env } }),
    );
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** @throws Error with the output if the process ends before, or two minutes pass */
  async printed(text: string | RegExp): Promise<void> {
    const found = (): boolean => (typeof text === "string" ? this.output.includes(text) : text.test(this.output));
    for (const end = Date.now() + 120_000; !found(); await sleep(50)) {
      if (Date.now() > end || this.child.exitCode !== null || this.child.signalCode !== null) {
        if (found()) return;
        throw new Error(`“${text}” did not come:\n${this.output}`);
      }
    }
  }

  /** Returns the address once the service is ready. */
  async ready(): Promise<string> {
    await this.printed(/"msg":"ready"| ready \{/);
    return /"url":"([^"]+)"(,"msg":"ready"|\})/.exec(this.output)?.[1] ?? "";
  }

  async end(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    this.child.kill(signal);
    return this.ended;
  }
}

/** A client of a service that listens on a socket. */
export class ApiClient {
  constructor(
    private readonly url: string,
    private readonly token?: string,
  ) {}

  /** @throws Error with the code and message of the first error */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers are as varied as the queries
  async ask(query: string, variables: object = {}): Promise<any> {
    const response = await this.fetch("/v1", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(60_000),
    });
    const { data, errors } = (await response.json()) as {
      data: unknown;
      errors?: { message: string; extensions: { code: string } }[];
    };
    if (errors?.[0] !== undefined) throw new Error(`${errors[0].extensions.code}: ${errors[0].message}`);
    return data;
  }

  fetch(path: string, options: RequestInit = {}): Promise<Response> {
    const headers = {
      ...(options.headers as Record<string, string>),
      ...(this.token !== undefined && { authorization: this.token }),
    };
    return fetch(`${this.url}${path}`, { ...options, headers });
  }

  async signIn(identity: string, password: string): Promise<ApiClient> {
    const { createToken } = await this.ask(
      "mutation ($identity: String!, $password: String!) { createToken(identity: $identity, password: $password) { token { value } } }",
      { identity, password },
    );
    return new ApiClient(this.url, createToken.token.value);
  }

  withToken(token: string): ApiClient {
    return new ApiClient(this.url, token);
  }
}
