import { access } from "node:fs/promises";
import type { Config } from "../config";
import { ADMINISTRATOR, type Demo } from "../demo/prepare-demo";
import { localAddress } from "./local-address";

/** What a person who has just started the service needs. `url` is where it listens. */
export async function banner(config: Config, url: string, demo: Demo): Promise<string> {
  const { server, dataDir } = config;
  const local = localAddress(server.host, new URL(url).port || "80");
  const root = server.publicUrl ?? local;
  const addresses = [
    ["Web client", `${root}/`],
    ["API and explorer", `${root}${server.endpoint}`],
    ...(root === local ? [] : [["On this machine", `${local}${server.endpoint}`]]),
    ["Health, metrics", `${local}${server.endpoint}/readyz   ${local}/metrics`],
    ["Data", dataDir],
  ];
  const lines = addresses.map(([name = "", value]) => `  ${name.padEnd(18)} ${value}`);
  const api = quoted(`${local}${server.endpoint}`);
  const signIn = config.auth.localEnabled ? await signInByPassword(api, demo, dataDir) : signInByProvider(config, root);
  return `\n  Retrograde is ready.\n\n${lines.join("\n")}\n\n${signIn}\n`;
}

/** Brackets mean something to a shell. */
const quoted = (address: string): string => (address.includes("[") ? `'${address}'` : address);

async function signInByPassword(
  api: string,
  { password, passwordFile, deploymentId }: Demo,
  dataDir: string,
): Promise<string> {
  const kept = await access(passwordFile).then(
    () => true,
    () => false,
  );
  const secret = secretOf({ password, passwordFile, dataDir, kept });
  const query =
    deploymentId === null
      ? "{ workspaces { id label } }"
      : `{ deployRevisions(deploymentUuid: \\"${deploymentId}\\", first: 20) { nodes { id number status image createdBy { label } description rollback { allowed } } } }`;
  return `  Sign in as         ${ADMINISTRATOR}
  Password           ${secret.shown.join(`\n${" ".repeat(21)}`)}

  First query, ready to paste:

    TOKEN=$(curl -s ${api} -H 'Content-Type: application/json' \\
      -d '{"query":"mutation { createToken(identity: \\"${ADMINISTRATOR}\\", password: \\"${secret.pasted}\\") { token { value } } }"}' \\
      | sed 's/.*"value":"\\([^"]*\\)".*/\\1/')

    curl -s ${api} -H "Authorization: $TOKEN" -H 'Content-Type: application/json' \\
      -d '{"query":"${query}"}'

`;
}

/** Passwords are switched off, and with them the administrator of the demo. */
function signInByProvider({ signOn }: Config, root: string): string {
  if (signOn.providers.length === 0) {
    return "  Sign in            nobody can: passwords are switched off (AUTH__LOCAL__ENABLED), and no identity provider is set up\n";
  }
  return `  Sign in            at ${root}/token, with ${signOn.providers.map(({ displayName }) => displayName).join(" or ")}; passwords are switched off\n`;
}

/** What to show of the password, and what stands for it inside a text in single quotes of a shell. */
function secretOf({
  password,
  passwordFile,
  dataDir,
  kept,
}: Pick<Demo, "password" | "passwordFile"> & {
  readonly dataDir: string;
  readonly kept: boolean;
}): { readonly shown: readonly string[]; readonly pasted: string } {
  if (password !== null) {
    return {
      shown: [password, `(shown this once; also in ${passwordFile}: delete it when you have it by heart)`],
      pasted: password,
    };
  }
  if (kept) return { shown: [`in ${passwordFile}`], pasted: `'"$(cat '${passwordFile.replaceAll("'", `'\\''`)}')"'` };
  return {
    shown: [
      "the one shown at the first start",
      `(if it is lost: stop, remove ${dataDir}, and start anew; that deletes everything)`,
    ],
    pasted: "PASSWORD",
  };
}
