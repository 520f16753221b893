import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { NODE_FLAGS, type RunningServer } from "../product";

export async function startBareServer(databaseUrl: string): Promise<RunningServer> {
  const child = fork(join(__dirname, "server.ts"), [databaseUrl], {
    execArgv: [...process.execArgv, ...NODE_FLAGS],
    env: { ...process.env, NODE_ENV: "production" },
  });
  const ended = once(child, "exit");
  const [url] = (await Promise.race([
    once(child, "message"),
    ended.then(() => Promise.reject(new Error("the bare server did not start"))),
  ])) as [string];
  return {
    url,
    pid: child.pid ?? 0,
    async stop() {
      child.disconnect();
      await ended;
    },
  };
}
