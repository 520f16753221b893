import type { Command } from "commander";

export const SHELLS = ["bash", "zsh"] as const;
export type Shell = (typeof SHELLS)[number];

interface Words {
  readonly name: string;
  readonly words: readonly string[];
}

/** Returns a script that completes the commands, their subcommands and options. */
export function completionScript(shell: Shell, program: Command, otherCommands: readonly string[]): string {
  const commands = program.commands.map((command): Words => ({
    name: command.name(),
    words: [
      ...command.commands.map((inner) => inner.name()),
      ...(command.registeredArguments[0]?.argChoices ?? []),
      ...[command, ...command.commands].flatMap(({ options }) => options.flatMap(({ long }) => long ?? [])),
      "--help",
    ],
  }));
  const names = [...commands.map(({ name }) => name), ...otherCommands].sort();
  return shell === "bash" ? bash(names, commands) : zsh(names, commands);
}

const unique = (words: readonly string[]): string => [...new Set(words)].join(" ");

const bash = (names: readonly string[], commands: readonly Words[]): string => `# eval "$(retrograde completion bash)"
_retrograde() {
  local word="\${COMP_WORDS[COMP_CWORD]}" words
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${unique(names)}"
  else
    case "\${COMP_WORDS[1]}" in
${commands.map(({ name, words }) => `      ${name}) words="${unique(words)}" ;;`).join("\n")}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -F _retrograde retrograde
`;

const zsh = (names: readonly string[], commands: readonly Words[]): string => `#compdef retrograde
# eval "$(retrograde completion zsh)"
_retrograde() {
  if (( CURRENT == 2 )); then
    compadd -- ${unique(names)}
    return
  fi
  case "$words[2]" in
${commands.map(({ name, words }) => `    ${name}) compadd -- ${unique(words)} ;;`).join("\n")}
  esac
}
compdef _retrograde retrograde
`;
