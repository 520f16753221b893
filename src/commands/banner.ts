import { access } from "node:fs/promises";
import type { Config } from "../config";
import { ADMINISTRATOR, type Demo } from "../demo/prepare-demo";

const EVERY_ADDRESS = new Set(["0.0.0.0", "::", "127.0.0.1", "::1"]);

/** What somebody who has just started it wants to know. `url` is where it listens. */
export async function banner({ server, dataDir }: Config, url: string, { password, passwordFile, deploymentId }: Demo): Promise<string> {
  const host = EVERY_ADDRESS.has(server.host) ? "localhost" : server.host;
  const root = `http://${host}:${new URL(url).port || "80"}`;
  const api = `${root}${server.endpoint}`;
  const kept = await access(passwordFile).then(() => true, () => false);
  const secret = secretOf({ password, passwordFile, dataDir, kept });
  const query =
    deploymentId === null
      ? "{ workspaces { id label } }"
      : `{ deployRevisions(deploymentUuid: \\"${deploymentId}\\", first: 20) { nodes { id number status image createdBy { label } description rollback { allowed } } } }`;
  return `
  Retrograde is ready.

  API and explorer   ${api}
  Health, metrics    ${root}/v1/readyz   ${root}/metrics
  Data               ${dataDir}

  Sign in as         ${ADMINISTRATOR}
  Password           ${secret.shown.join(`\n${" ".repeat(21)}`)}

  First query, ready to paste:

    TOKEN=$(curl -s ${api} -H 'Content-Type: application/json' \\
      -d '{"query":"mutation { createToken(identity: \\"${ADMINISTRATOR}\\", password: \\"${secret.pasted}\\") { token { value } } }"}' \\
      | sed 's/.*"value":"\\([^"]*\\)".*/\\1/')

    curl -s ${api} -H "Authorization: $TOKEN" -H 'Content-Type: application/json' \\
      -d '{"query":"${query}"}'

`;
}

/** What to say of the password, and what stands for it inside a text in single quotes of a shell. */
function secretOf({ password, passwordFile, dataDir, kept }: Pick<Demo, "password" | "passwordFile"> & {
  readonly dataDir: string;
  readonly kept: boolean;
}): { readonly shown: readonly string[]; readonly pasted: string } {
  if (password !== null) {
    return { shown: [password, `(shown this once; also in ${passwordFile}: delete it when you have it by heart)`], pasted: password };
  }
  if (kept) return { shown: [`in ${passwordFile}`], pasted: `'"$(cat '${passwordFile.replaceAll("'", `'\\''`)}')"'` };
  return {
    shown: ["the one shown at the first start", `(if it is lost: stop, remove ${dataDir}, and start anew; that deletes everything)`],
    pasted: "PASSWORD",
  };
}
