import { setTimeout as sleep } from "node:timers/promises";
import { isTransient, pauseAfter, type Api } from "../client/api";
import { LOGS, type LogLine } from "../client/documents";
import { findDeployment } from "../client/find";
import { printable } from "../terminal/text";
import type { Context, OutputOptions } from "./context";

const LOOK_EVERY_MS = 2_000;
const LINES_REMEMBERED = 5_000;

export interface LogsOptions extends OutputOptions {
  readonly component?: string;
  readonly search?: string;
  /** An instant. */
  readonly since: string;
  readonly follow?: boolean;
}

/** Prints lines of text on a terminal and one JSON object a line elsewhere. Following ends with the process only. */
export async function logs(context: Context, release: string, options: LogsOptions): Promise<void> {
  const api = await context.api();
  const { id } = await findDeployment(api, release);
  const told = new Set<string>();
  let since = options.since;
  let isAway = false;
  for (;;) {
    let pauseMs = LOOK_EVERY_MS;
    try {
      const lines = await linesSince(api, id, since, options);
      isAway = false;
      for (const line of lines.filter((one) => !told.has(one.id))) {
        told.add(line.id);
        context.surroundings.stdout.write(context.isJson(options) ? `${JSON.stringify(line)}\n` : textOf(line));
      }
      since = lines.at(-1)?.timestamp ?? since;
      forgetOldest(told);
    } catch (error) {
      if (options.follow !== true || !isTransient(error)) throw error;
      if (!isAway) context.tell(`Waits for the server: ${(error as Error).message}`);
      isAway = true;
      pauseMs = Math.max(pauseAfter(error), LOOK_EVERY_MS);
    }
    if (options.follow !== true) return;
    await sleep(pauseMs);
  }
}

async function linesSince(
  api: Api,
  deploymentUuid: string,
  timestamp: string,
  { component, search }: LogsOptions,
): Promise<readonly LogLine[]> {
  const variables = { deploymentUuid, timestamp, component: component ?? null, search: search ?? null };
  const { logs: lines } = await api.read<{ logs: LogLine[] | null }>(LOGS, variables);
  return lines ?? [];
}

/** The lines of the last instant come again with the next look; older ones do not. */
function forgetOldest(told: Set<string>): void {
  for (const id of told) {
    if (told.size <= LINES_REMEMBERED) return;
    told.delete(id);
  }
}

const textOf = ({ timestamp, message }: LogLine): string => `${timestamp ?? "–"} ${printable(message ?? "")}\n`;
