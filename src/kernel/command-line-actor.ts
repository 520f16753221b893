import type { Actor } from "./permissions";

/** Whoever runs a command on the machine; the audit trail says no more of them. */
export const COMMAND_LINE: Actor = { id: "command-line", type: "SYSTEM", label: "Command line", grants: [] };
