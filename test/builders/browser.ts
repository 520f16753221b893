import { parseSetCookie } from "cookie";
import type { TestApp } from "../world/app";

export interface Page {
  readonly url: string;
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

interface Kept {
  readonly name: string;
  readonly value: string;
  readonly path: string;
}

/** Changes where the browser goes next, as somebody in the middle, or at the keyboard, could. */
export type Tamper = (url: URL) => URL;

const MAX_REDIRECTS = 20;

/**
 * A browser as far as signing in needs one: it follows redirects, keeps cookies by origin and path, and sends
 * the origin with forms. Requests for `origin` go to the world without a socket, all others over the network.
 */
export class Browser {
  readonly visited: string[] = [];
  private readonly jar = new Map<string, Map<string, Kept>>();

  constructor(
    private readonly world: TestApp,
    readonly origin: string,
  ) {}

  async get(url: string, tamper: Tamper = (next) => next): Promise<Page> {
    return this.follow("GET", new URL(url, this.origin), undefined, tamper);
  }

  async post(
    url: string,
    form: Readonly<Record<string, string>>,
    { from = new URL(url, this.origin).origin, tamper = (next: URL) => next } = {},
  ): Promise<Page> {
    return this.follow("POST", new URL(url, this.origin), { form, from }, tamper);
  }

  /** The names of the cookies that are kept for an origin. */
  cookies(origin = this.origin): string[] {
    return this.kept(origin).map(({ name }) => name);
  }

  cookie(part: string): string | undefined {
    return this.kept(this.origin).find(({ name }) => name.includes(part))?.value;
  }

  setCookie(name: string, value: string, path = "/"): void {
    this.jarOf(this.origin).set(`${name} ${path}`, { name, value, path });
  }

  /** Goes on without what the other browser gets or loses from now on. */
  copyCookies(from: Browser): void {
    for (const [origin, cookies] of from.jar) this.jar.set(origin, new Map(cookies));
  }

  private async follow(
    method: string,
    url: URL,
    sent: { form: Readonly<Record<string, string>>; from: string } | undefined,
    tamper: Tamper,
  ): Promise<Page> {
    let [verb, next, body] = [method, tamper(url), sent];
    for (let hop = 0; hop < MAX_REDIRECTS; hop++) {
      this.visited.push(next.href);
      const response = await this.request(verb, next, body);
      this.keep(next.origin, response.headers);
      const location = response.headers.get("location");
      if (response.status < 300 || response.status >= 400 || location === null) {
        return { url: next.href, status: response.status, text: await response.text(), headers: response.headers };
      }
      [verb, next, body] = ["GET", tamper(new URL(location, next)), undefined];
    }
    throw new Error(`more than ${MAX_REDIRECTS} redirects: ${this.visited.join(" ")}`);
  }

  private async request(
    method: string,
    url: URL,
    sent: { form: Readonly<Record<string, string>>; from: string } | undefined,
  ): Promise<Response> {
    const headers: Record<string, string> = { accept: "text/html" };
    const cookies = this.kept(url.origin).filter(({ path }) => url.pathname.startsWith(path));
    if (cookies.length > 0) headers["cookie"] = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
    const payload = sent && new URLSearchParams(sent.form).toString();
    if (sent) Object.assign(headers, { "content-type": "application/x-www-form-urlencoded", origin: sent.from });
    if (url.origin !== this.origin)
      return fetch(url, { method, headers, redirect: "manual", ...(payload !== undefined && { body: payload }) });
    const answer = await this.world.app.server.app.inject({
      method: method as "GET",
      url: `${url.pathname}${url.search}`,
      headers: { ...headers, host: url.host },
      ...(payload !== undefined && { payload }),
    });
    const answered = new Headers();
    for (const [name, value] of Object.entries(answer.headers))
      for (const one of [value ?? []].flat()) answered.append(name, String(one));
    return new Response(answer.statusCode === 204 ? null : answer.body, {
      status: answer.statusCode,
      headers: answered,
    });
  }

  private keep(origin: string, headers: Headers): void {
    for (const header of headers.getSetCookie()) {
      const { name, value = "", path = "/", expires } = parseSetCookie(header);
      if (value === "" || (expires !== undefined && expires.getTime() <= Date.now()))
        this.jarOf(origin).delete(`${name} ${path}`);
      else this.jarOf(origin).set(`${name} ${path}`, { name, value, path });
    }
  }

  private kept(origin: string): Kept[] {
    return [...this.jarOf(origin).values()];
  }

  private jarOf(origin: string): Map<string, Kept> {
    const cookies = this.jar.get(origin) ?? new Map<string, Kept>();
    this.jar.set(origin, cookies);
    return cookies;
  }
}

const FORM = /<form[^>]*action="([^"]+)"/;

/** Fills in the test provider's own sign-in form. */
export async function passProvider(browser: Browser, page: Page, subject: string, tamper?: Tamper): Promise<Page> {
  const action = FORM.exec(page.text)?.[1];
  if (action === undefined) throw new Error(`no form at ${page.url}: ${page.text.slice(0, 500)}`);
  return browser.post(
    new URL(action, page.url).href,
    { prompt: "login", login: subject, password: "whatever" },
    tamper && { tamper },
  );
}

const TOKEN = /<textarea[^>]*>([^<]*)<\/textarea>/;

/** The token that a page shows. */
export function tokenOn({ text, url }: Page): string {
  const token = TOKEN.exec(text)?.[1];
  if (token === undefined) throw new Error(`no token at ${url}: ${text.slice(0, 1_500)}`);
  return token;
}
