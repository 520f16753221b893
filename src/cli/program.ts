import { Argument, Command, InvalidArgumentError, Option } from "commander";
import { CLIENT_COMMANDS } from "./client-commands";
import { addHold, liftHold, listHolds } from "./commands/hold";
import { Context, type OutputOptions } from "./commands/context";
import { listDeployments, listHistory, type HistoryOptions } from "./commands/lists";
import { login, type LoginOptions } from "./commands/login";
import { logs, type LogsOptions } from "./commands/logs";
import { showPlan } from "./commands/plan";
import { rollBack, undo, type ChangeOptions, type RollBackOptions } from "./commands/roll-back";
import { watch, type FollowOptions } from "./commands/watch";
import { completionScript, SHELLS, type Shell } from "./completion";
import type { Surroundings } from "./terminal/surroundings";
import { durationMs } from "./terminal/text";

const HOUR_MS = 3_600_000;
const MAX_NUMBER = 2_147_483_647;
const STATUSES = ["INITIALIZED", "DEPLOYED", "FAILED", "SUPERSEDED"];

/** Returns the commands; each throws CliError where it does not succeed. */
export function createProgram(surroundings: Surroundings, otherCommands: readonly string[]): Command {
  const context = new Context(surroundings);
  const program = new Command("retrograde")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => surroundings.stdout.write(text),
      writeErr: (text) => surroundings.stderr.write(text),
    })
    .helpCommand(false);
  const command = (name: keyof typeof CLIENT_COMMANDS): Command =>
    program.command(name).description(CLIENT_COMMANDS[name]);

  command("login")
    .argument("[url]", "address of the server, such as https://houston.example.com; otherwise RETROGRADE_URL")
    .option("--identity <name>", "user name or e-mail address; the password is asked for, or read from stdin")
    .option("--token", "ask for a session token or API key, or read it from stdin, in place of a password")
    .action((url: string | undefined, options: LoginOptions) => login(context, url, options));

  withOutput(command("deployments"))
    .option("--search <text>", "only those with this in their label or release name")
    .action((options: OutputOptions & { search?: string }) => listDeployments(context, options));

  withOutput(command("history"))
    .addArgument(release())
    .option("--limit <count>", "how many, newest first", count, 20)
    .addOption(new Option("--status <status...>", "only in these statuses").choices(STATUSES))
    .option("--rollbacks", "only rollbacks")
    .action((name: string, options: HistoryOptions) => listHistory(context, name, options));

  withOutput(command("plan"))
    .addArgument(release())
    .addArgument(target())
    .action((name: string, number: number | undefined, options: OutputOptions) =>
      showPlan(context, name, number, options),
    );

  withChange(command("rollback").addArgument(release()).addArgument(target()))
    .option("--hold", "also hold what is rolled back, so that it cannot be deployed again")
    .action((name: string, number: number | undefined, options: RollBackOptions) =>
      rollBack(context, name, number, options),
    );

  withChange(
    command("undo").addArgument(release()).argument("[number]", "the rollback; otherwise the newest revision", count),
  ).action((name: string, number: number | undefined, options: ChangeOptions) => undo(context, name, number, options));

  addHoldCommands(command("hold"), context);

  withTimeout(withOutput(command("watch")))
    .addArgument(release())
    .argument("[number]", "number of the revision; otherwise the newest one", count)
    .action((name: string, number: number | undefined, options: FollowOptions) =>
      watch(context, name, number, options),
    );

  withOutput(command("logs"))
    .addArgument(release())
    .option("--component <name>", "only this one, such as scheduler or deploy-rollback")
    .option("--search <text>", "only lines with this text")
    .option("--since <time>", "how far back, such as 30m, 2h or 7d, or an instant", since, since("1h"))
    .option("--follow", "go on with new lines until interrupted")
    .action((name: string, options: LogsOptions) => logs(context, name, options));

  command("completion")
    .addArgument(new Argument("<shell>").choices(SHELLS))
    .action((shell: Shell) => void surroundings.stdout.write(completionScript(shell, program, otherCommands)));

  return program;
}

function addHoldCommands(hold: Command, context: Context): void {
  withOutput(hold.command("add").description("hold what a revision has brought"))
    .addArgument(release())
    .argument("<number>", "number of the revision", count)
    .requiredOption("-m, --message <text>", "why, in 1 to 500 characters")
    .action((name: string, number: number, options: OutputOptions & { message: string }) =>
      addHold(context, name, number, options),
    );
  withOutput(hold.command("list").description("list what is held of a Deployment"))
    .addArgument(release())
    .action((name: string, options: OutputOptions) => listHolds(context, name, options));
  withOutput(hold.command("lift").description("let the content in again"))
    .argument("<id>", "id of the hold")
    .action((id: string, options: OutputOptions) => liftHold(context, id, options));
}

const release = (): Argument => new Argument("<release>", "the Deployment's release name or id");
const target = (): Argument =>
  new Argument("[number]", "number of the revision to go back to; otherwise the last known good one").argParser(count);

const withOutput = (command: Command): Command =>
  command
    .addOption(new Option("--json", "print JSON, which is the default where stdout is no terminal").conflicts("table"))
    .option("--table", "print what a terminal shows, wherever stdout leads");

const withTimeout = (command: Command): Command =>
  command.option("--timeout <time>", "how long to follow, such as 90s, 30m or 2h", duration, HOUR_MS);

const withChange = (command: Command): Command =>
  withTimeout(withOutput(command))
    .requiredOption("-m, --message <text>", "why, in 1 to 500 characters")
    .option("--yes", "do not ask")
    .option("--acknowledge-data-loss", "go on where data of the metadata database is lost by it")
    .option("--wait", "follow the rollout to its end");

/** Takes `13` and `#13`. */
function count(text: string): number {
  const number = /^#?[1-9]\d{0,9}$/.test(text) ? Number(text.replace("#", "")) : NaN;
  if (!(number <= MAX_NUMBER)) throw new InvalidArgumentError("It has to be a number from 1 on.");
  return number;
}

function duration(text: string): number {
  const ms = durationMs(text);
  if (ms === null) throw new InvalidArgumentError("It has to be a time such as 90s, 30m or 2h.");
  return ms;
}

function since(text: string): string {
  const ms = durationMs(text);
  const at = ms === null ? new Date(/^\d{4}-\d{2}-\d{2}/.test(text) ? text : NaN) : new Date(Date.now() - ms);
  if (Number.isNaN(at.getTime()))
    throw new InvalidArgumentError("It has to be a time such as 30m, or an instant such as 2026-03-01T12:00:00Z.");
  return at.toISOString();
}
