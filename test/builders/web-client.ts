import type { LightMyRequestResponse } from "fastify";
import type { TestApp } from "../world/app";

export const PASSWORD = "correct horse";

type Headers = Readonly<Record<string, string>>;

/** The web client as far as its session is concerned: it keeps the cookie and sends what a page of ours would. */
export class WebClient {
  cookie: string | undefined;

  constructor(
    private readonly world: TestApp,
    readonly origin: string,
  ) {}

  /** Of a page of ours in a browser of today. */
  get headers(): Record<string, string> {
    return {
      host: new URL(this.origin).host,
      origin: this.origin,
      "sec-fetch-site": "same-origin",
      "x-retrograde-client": "web",
      ...(this.cookie !== undefined && { cookie: this.cookie }),
    };
  }

  /** Keeps the session's cookie, or loses it. `headers` change what the page sends; empty ones are left out. */
  async session(method: "GET" | "POST" | "DELETE", body?: unknown, headers: Headers = {}) {
    const answer = await this.send(method, "/v1/session", body, headers);
    for (const { name, value, expires } of answer.cookies)
      if (name.endsWith("retrograde-session"))
        this.cookie = expires !== undefined && expires.getTime() <= Date.now() ? undefined : `${name}=${value}`;
    return answer;
  }

  async signIn(identity: string): Promise<void> {
    const { statusCode, body } = await this.session("POST", { identity, password: PASSWORD });
    if (statusCode !== 204) throw new Error(`could not sign in: ${statusCode} ${body}`);
  }

  /** The session's token, which no page could read. */
  get token(): string {
    return this.cookie?.split("=")[1] ?? "";
  }

  send(
    method: "GET" | "POST" | "DELETE",
    url: string,
    body?: unknown,
    headers: Headers = {},
  ): Promise<LightMyRequestResponse> {
    const sent = Object.entries({ ...this.headers, ...headers }).filter(([, value]) => value !== "");
    return this.world.app.server.app.inject({
      method,
      url,
      headers: { ...Object.fromEntries(sent), ...(body !== undefined && { "content-type": "application/json" }) },
      ...(body !== undefined && { payload: JSON.stringify(body) }),
    });
  }
}
