#!/usr/bin/env node
import { homedir } from "node:os";
import { CLIENT_COMMANDS, isClientCommand } from "./cli/client-commands";
import { UsageError } from "./commands/usage-error";
import { version } from "../package.json";

const lines = (commands: Readonly<Record<string, string>>): string =>
  Object.entries(commands)
    .map(([name, summary]) => `  ${name.padEnd(26)} ${summary}\n`)
    .join("");

const USAGE = `Usage: retrograde COMMAND …

With a server, by its API ("retrograde COMMAND --help" tells the rest):

${lines(CLIENT_COMMANDS)}
The server itself, each with [--values FILE]…:

  serve                      start the API and its background work
  migrate                    bring the database up to date
  cleanup-deploy-revisions   remove old deploy revisions [--older-than=DAYS] [--dry-run]
  fsck                       compare the records of DAG bundles with what is stored [--repair [--remove-most]] [--json]
  export                     send waiting log and audit lines to Elasticsearch [--retry-rejected]
  restored                   to be run after the database was restored from a backup [--take-over]
  set-password               set a user's password, asked for or from stdin [--user NAME]
  rotate-signing-key         make a new key that signs sessions [--end-sessions], or the registry's tokens [--registry]
  healthcheck                ask the running service whether it is ready; the exit code tells
  config                     print the configuration in force, with the source of every value
  print-schema               print the GraphQL schema

  help, --version

Without DATABASE_URL a Postgres of its own is started under DATA_DIR (./data), with a demo in it. With
DATABASE_URL, serve refuses to start while migrations are missing, unless MIGRATE_ON_START=true.
`;

/** Each loads what it needs: a health check every ten seconds must not load the whole service. */
const COMMANDS: Readonly<Record<string, (args: string[]) => Promise<void>>> = {
  serve: async (args) => (await import("./commands/serve.js")).serve(args),
  migrate: async (args) => (await import("./commands/migrate.js")).runMigrations(args),
  "cleanup-deploy-revisions": async (args) =>
    (await import("./commands/cleanup-deploy-revisions.js")).cleanUpDeployRevisions(args),
  fsck: async (args) => (await import("./commands/fsck.js")).fsck(args),
  export: async (args) => (await import("./commands/export-lines.js")).exportLines(args),
  restored: async (args) => (await import("./commands/restored.js")).restored(args),
  "set-password": async (args) => (await import("./commands/set-password.js")).setPassword(args),
  "rotate-signing-key": async (args) => (await import("./commands/rotate-signing-key.js")).rotateSigningKey(args),
  healthcheck: async (args) => (await import("./commands/healthcheck.js")).healthcheck(args),
  config: async (args) => (await import("./commands/print-config.js")).printConfig(args),
  "print-schema": async (args) => (await import("./commands/print-schema.js")).printSchema(args),
  help: async () => void process.stdout.write(USAGE),
  "--version": async () => void process.stdout.write(`${version}\n`),
};

/** Loads nothing of the service. */
async function runClient(args: string[]): Promise<void> {
  const { stdin, stdout, stderr, env } = process;
  // `retrograde history | head` closes the pipe early.
  stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
  const { runCli } = await import("./cli/run-cli.js");
  const others = Object.keys(COMMANDS).filter((name) => !name.startsWith("-"));
  process.exitCode = await runCli(args, { stdin, stdout, stderr, env, homeFolder: homedir() }, others);
}

async function main(argv: string[]): Promise<void> {
  if (isClientCommand(argv[0])) return runClient(argv);
  // The platform's chart keeps the image's entry point and gives it `yarn COMMAND …`, as to its own.
  const given = argv[0] === "yarn" ? argv.slice(1) : argv;
  const [name = "help", ...args] = given.some((argument) => argument === "--help" || argument === "-h")
    ? ["help"]
    : given;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) throw new UsageError(`There is no command ${name}`);
  // npm and yarn hand a separating `--` on.
  await command(args.filter((argument) => argument !== "--"));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\n\n${USAGE}`);
    process.exit(2);
  }
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
