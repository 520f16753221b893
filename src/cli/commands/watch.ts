import type { Api } from "../client/api";
import type { Revision, Step } from "../client/documents";
import { CliError } from "../client/exit-codes";
import { findRevision } from "../client/find";
import { exitCodeOfRollout, follow, type FollowedRevision, type Progress } from "../client/follow";
import { oneLine, took } from "../terminal/text";
import type { Context, OutputOptions } from "./context";

export interface FollowOptions extends OutputOptions {
  readonly timeout: number;
}

/** Follows the newest revision, or the one with the number. */
export async function watch(
  context: Context,
  release: string,
  number: number | undefined,
  options: FollowOptions,
): Promise<void> {
  const api = await context.api();
  await followToEnd(context, api, await findRevision(api, release, number), options);
}

/** Prints the progress on stderr and the revision on stdout. @throws CliError with an exit code of its own unless it is DEPLOYED */
export async function followToEnd(
  context: Context,
  api: Api,
  revision: Pick<Revision, "id" | "number">,
  options: FollowOptions,
): Promise<void> {
  const ended = await follow(api, revision, {
    timeoutMs: options.timeout,
    progress: progressOn(context, revision.number),
  });
  context.result(options, ended, () => `${endOf(ended)}\n`);
  if (ended.status !== "DEPLOYED") throw new CliError(endOf(ended), exitCodeOfRollout(ended.status));
}

const endOf = ({ number, status, statusReason }: FollowedRevision): string =>
  `#${number} is ${status}${statusReason === null ? "" : `: ${oneLine(statusReason)}`}`;

function progressOn(context: Context, number: number): Progress {
  const tell = (text: string): void => context.tell(`#${number} ${oneLine(text)}`);
  return {
    step: (step) => tell(stepText(step)),
    reason: (reason) => tell(reason),
    away: (error) => tell(`waits for the server: ${error.message}`),
  };
}

function stepText({ name, status, startedAt, finishedAt, message }: Step): string {
  const time = finishedAt === null ? "" : ` after ${took(startedAt, finishedAt)}`;
  return `${name} ${status}${time}${message === null ? "" : `: ${message}`}`;
}
