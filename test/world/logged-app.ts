import { createApp, createLogger } from "../../src/composition-root";
import type { RolloutDriver } from "../../src/features/rollouts";
import type { Answer, TestApp } from "./app";

export interface LoggedApp extends TestApp {
  /** Everything that it has logged so far, from debug up. */
  readonly lines: Record<string, unknown>[];
}

/** Another replica on a world's database, with the product's own logger. Closed before the world. */
export async function startLoggedApp(world: TestApp, options: { readonly driver?: RolloutDriver } = {}): Promise<LoggedApp> {
  const lines: Record<string, unknown>[] = [];
  const log = createLogger(
    { logging: { level: "debug" } },
    { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  );
  const { config, database } = world;
  const app = await createApp({ config: { ...config, server: { ...config.server, port: 0 } }, databaseUrl: database.url, log, ...options });
  await app.start();
  return {
    ...world,
    app,
    lines,
    async send(query, variables = null, token, headers = {}) {
      const response = await app.server.app.inject({
        method: "POST",
        url: config.server.endpoint,
        headers: { "content-type": "application/json", ...(token !== undefined && { authorization: token }), ...headers },
        payload: JSON.stringify({ query, variables }),
      });
      return { status: response.statusCode, headers: response.headers, ...response.json<Pick<Answer, "data" | "errors">>() };
    },
    close: () => app.stop(),
  };
}
