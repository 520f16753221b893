import { loadConfig } from "../config";
import { localAddress } from "./local-address";
import { readOptions, VALUES_OPTION } from "./usage-error";

const PATIENCE_MS = 2_500;

/**
 * Asks the service on this machine, at the address that the configuration gives it, whether it is ready: the health
 * check of a container. @throws if it is not, or does not answer
 */
export async function healthcheck(args: string[]): Promise<void> {
  const { values = [] } = readOptions(args, VALUES_OPTION);
  const { host, port, endpoint } = loadConfig({ valuesFiles: values, env: process.env, cwd: process.cwd() }).config
    .server;
  const url = `${localAddress(host, port)}${endpoint}/readyz`;
  const answer = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) }).catch((error: unknown) => {
    throw new Error(`${url} does not answer`, { cause: error });
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}: ${text}`);
  process.stdout.write(`${text}\n`);
}
