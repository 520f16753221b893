import { Api } from "../client/api";
import { findCredentials } from "../client/credentials";
import type { Surroundings } from "../terminal/surroundings";

export interface OutputOptions {
  readonly json?: boolean;
  readonly table?: boolean;
}

/** What every command is given. */
export class Context {
  constructor(readonly surroundings: Surroundings) {}

  /** @throws CliError where nobody is signed in */
  async api(): Promise<Api> {
    const { url, token } = await findCredentials(this.surroundings.env, this.surroundings.homeFolder);
    return new Api(url, token);
  }

  /** Prints the result: for people on a terminal, as JSON everywhere else. */
  result(options: OutputOptions, value: unknown, forPeople: () => string): void {
    this.surroundings.stdout.write(this.isJson(options) ? `${JSON.stringify(value, null, 2)}\n` : forPeople());
  }

  isJson({ json = false, table = false }: OutputOptions): boolean {
    return json || (!table && this.surroundings.stdout.isTTY !== true);
  }

  /** Says something beside the result. */
  tell(text: string): void {
    this.surroundings.stderr.write(text.endsWith("\n") ? text : `${text}\n`);
  }
}
