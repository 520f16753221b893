import { endpoints } from "./endpoints";
import { createStore } from "./store";

export interface Session {
  readonly username: string;
  readonly expiresAt: string;
}

/** `unknown` before the first look; `ended` while a page stays open without a session; `none` on the sign-in page. */
type SessionState = Session | "unknown" | "none" | "ended";

export const sessionStore = createStore<SessionState>("unknown");

/** Opens the sign-in dialog on top of the page, if there was a session. */
export function sessionEnded(): void {
  if (typeof sessionStore.get() === "object") sessionStore.set("ended");
}

/**
 * Returns the session of the cookie; null if there is none.
 *
 * @throws Error if the service cannot be reached
 */
export async function loadSession(): Promise<Session | null> {
  const response = await fetch(endpoints.session, {
    credentials: "same-origin",
    headers: { "x-retrograde-client": "web" },
  });
  if (response.status === 401) return null;
  if (!response.ok) throw new Error(`The service answered with status ${response.status}.`);
  const session = (await response.json()) as Session;
  sessionStore.set(session);
  return session;
}

/** The service refused the name and password. The message is meant for a person. */
class SignInRefused extends Error {}

async function messageOf(response: Response): Promise<string> {
  if (response.status === 429) return "Too many attempts. Wait a minute, then try again.";
  if (response.status >= 500) return "The service has a problem. Try again in a moment.";
  try {
    const answer = (await response.json()) as {
      message?: string;
      error?: string;
      errors?: readonly { message: string }[];
    };
    return answer.errors?.[0]?.message ?? answer.message ?? answer.error ?? "User name or password is wrong.";
  } catch {
    return "User name or password is wrong.";
  }
}

/** @throws SignInRefused if the service does not take them or cannot be reached */
export async function signIn(identity: string, password: string): Promise<void> {
  let response: Response;
  try {
    response = await fetch(endpoints.session, {
      method: "POST",
      credentials: "same-origin",
      headers: { "content-type": "application/json", "x-retrograde-client": "web" },
      body: JSON.stringify({ identity, password }),
    });
  } catch {
    throw new SignInRefused("The service cannot be reached.");
  }
  if (!response.ok) throw new SignInRefused(await messageOf(response));
  if ((await loadSession()) === null) throw new SignInRefused("The browser did not keep the session's cookie.");
}

/** Ends the session on the server; the caller leaves the page. */
export async function signOut(): Promise<void> {
  sessionStore.set("none");
  await fetch(endpoints.session, {
    method: "DELETE",
    credentials: "same-origin",
    headers: { "x-retrograde-client": "web" },
  });
}
