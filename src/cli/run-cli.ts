import { CommanderError } from "commander";
import { ApiRefusal } from "./client/api";
import { CliError, EXIT, type ExitCode } from "./client/exit-codes";
import { issueText } from "./commands/plan";
import { createProgram } from "./program";
import type { Surroundings } from "./terminal/surroundings";
import { printable } from "./terminal/text";

/** Runs a command that speaks to a server; returns what the process is to end with. `otherCommands` are completed as well. */
export async function runCli(
  args: readonly string[],
  surroundings: Surroundings,
  otherCommands: readonly string[] = [],
): Promise<ExitCode> {
  const { stderr } = surroundings;
  try {
    await createProgram(surroundings, otherCommands).parseAsync(args, { from: "user" });
    return EXIT.ok;
  } catch (error) {
    // Commander has printed its own message already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (!(error instanceof CliError)) {
      stderr.write(`${printable(error instanceof Error ? (error.stack ?? error.message) : String(error))}\n`);
      return EXIT.failure;
    }
    stderr.write(`${printable(error.message)}\n`);
    if (error instanceof ApiRefusal) for (const issue of error.issues) stderr.write(issueText("  ", issue));
    return error.exitCode;
  }
}
