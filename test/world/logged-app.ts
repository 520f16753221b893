import { createApp, createLogger } from "../../src/composition/composition-root";
import type { RolloutDriver } from "../../src/features/rollouts";
import { sendTo, type TestApp } from "./app";

export interface LoggedApp extends TestApp {
  /** Everything that it has logged so far, from debug up. */
  readonly lines: Record<string, unknown>[];
}

/** Another replica on a world's database, with the product's own logger. Closed before the world. */
export async function startLoggedApp(
  world: TestApp,
  options: { readonly driver?: RolloutDriver } = {},
): Promise<LoggedApp> {
  const lines: Record<string, unknown>[] = [];
  const log = createLogger(
    { logging: { level: "debug" } },
    { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  );
  const { config, database } = world;
  const app = await createApp({
    config: { ...config, server: { ...config.server, port: 0 } },
    databaseUrl: database.url,
    log,
    ...options,
  });
  await app.start();
  return {
    ...world,
    app,
    lines,
    send: sendTo(app, config),
    close: () => app.stop(),
  };
}
