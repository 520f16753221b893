import { createClient, type Client } from "graphql-ws";
import type { TypedDocumentString } from "../gql";
import { endpoints } from "./endpoints";
import { sessionEnded } from "./session";
import { createStore } from "./store";

/** `since` is when the connection was lost. */
export type Connection = { readonly state: "idle" | "connecting" | "live" } | { readonly state: "lost"; since: number };

export const connectionStore = createStore<Connection>({ state: "idle" });

/** Counts the clients: what follows something has to follow it anew with each. */
export const socketEpochStore = createStore(0);

const KEEP_ALIVE_MS = 5_000;
const PONG_TIMEOUT_MS = 4_000;
const MAX_RETRY_WAIT_MS = 5_000;
const UNAUTHORIZED = [4401, 4403];

let client: Client | null = null;
/** Ends the wait before the next attempt. */
let retryNow: () => void = () => undefined;

function lost(): void {
  if (connectionStore.get().state !== "lost") connectionStore.set({ state: "lost", since: Date.now() });
}

function waitToRetry(retries: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, Math.min(MAX_RETRY_WAIT_MS, 250 * 2 ** retries) * (0.7 + Math.random() * 0.3));
    retryNow = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}

function connect(): Client {
  let socket: WebSocket | null = null;
  let pongTimer: ReturnType<typeof setTimeout> | undefined;
  const address = new URL(endpoints.socket, location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  return createClient({
    url: address.href,
    keepAlive: KEEP_ALIVE_MS,
    retryAttempts: Infinity,
    retryWait: waitToRetry,
    // A network error is no reason to give up; the end of a session is.
    shouldRetry: (event) => !(event instanceof CloseEvent && UNAUTHORIZED.includes(event.code)),
    on: {
      opened: (opened) => (socket = opened as WebSocket),
      connected: () => connectionStore.set({ state: "live" }),
      ping: (received) => {
        // Our own ping: a half-open connection answers nothing, and the browser would notice only after minutes.
        if (!received) pongTimer = setTimeout(() => socket?.close(4408, "no answer"), PONG_TIMEOUT_MS);
      },
      pong: (received) => {
        if (received) clearTimeout(pongTimer);
      },
      closed: (event) => {
        clearTimeout(pongTimer);
        const { code, wasClean } = event as CloseEvent;
        if (UNAUTHORIZED.includes(code)) sessionEnded();
        if (code === 1000 && wasClean) connectionStore.set({ state: "idle" });
        else lost();
      },
    },
  });
}

globalThis.addEventListener?.("online", () => retryNow());
globalThis.addEventListener?.("offline", lost);

function isUnauthenticated(error: unknown): boolean {
  return (error as { extensions?: { code?: string } }).extensions?.code === "UNAUTHENTICATED";
}

/** Follows a subscription over lost connections until the returned function is called. */
export function follow<Result, Variables extends Record<string, unknown>>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
  onNext: (result: Result) => void,
): () => void {
  client ??= connect();
  return client.subscribe<Result>(
    { query: document.toString(), variables },
    {
      next: ({ data }) => {
        if (data != null) onNext(data);
      },
      error: (error) => {
        if (Array.isArray(error) && error.some(isUnauthenticated)) sessionEnded();
        else lost();
      },
      complete: () => undefined,
    },
  );
}

/** Closes the connection: the next one carries the cookie of the new session. */
export function disconnect(): void {
  void client?.dispose();
  client = null;
  connectionStore.set({ state: "idle" });
  socketEpochStore.set(socketEpochStore.get() + 1);
}
