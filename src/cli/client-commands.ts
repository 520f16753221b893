/** The commands that speak to a server by its API, with their summaries. Loads nothing, so that the usage is printed at once. */
export const CLIENT_COMMANDS = {
  login: "sign in to a server and keep its address and the token in a file",
  deployments: "list the Deployments that you may see",
  history: "list the deploy history of a Deployment",
  plan: "show what a rollback would do, without doing it",
  rollback: "roll a Deployment back to an earlier revision",
  undo: "undo a rollback",
  hold: "hold the content of a revision, so that it cannot be deployed again (a quarantine)",
  watch: "follow the rollout of a revision to its end",
  logs: "print log lines of a Deployment",
  completion: "print a completion script for bash or zsh",
} as const;

export type ClientCommand = keyof typeof CLIENT_COMMANDS;

export const isClientCommand = (name: string | undefined): name is ClientCommand =>
  name !== undefined && Object.hasOwn(CLIENT_COMMANDS, name);
