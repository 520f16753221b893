import type { Config } from "../config";
import { ADMINISTRATOR, type Demo } from "../demo/prepare-demo";

/** What somebody who has just started it wants to know. */
export function banner({ server, dataDir }: Config, { password, passwordFile, deploymentId }: Demo): string {
  const root = `http://localhost:${server.port}`;
  const api = `${root}${server.endpoint}`;
  const secret = password ?? "the password that was printed at the first start";
  return `
  Retrograde is ready.

  API and explorer   ${api}
  Health, metrics    ${root}/v1/readyz   ${root}/metrics
  Data               ${dataDir}

  Sign in as         ${ADMINISTRATOR}
  Password           ${secret}
${password === null ? "" : `                     (printed this once; also in ${passwordFile}, which you may delete)\n`}
  First query, ready to paste:

    TOKEN=$(curl -s ${api} -H 'Content-Type: application/json' \\
      -d '{"query":"mutation { createToken(identity: \\"${ADMINISTRATOR}\\", password: \\"${password ?? "PASSWORD"}\\") { token { value } } }"}' \\
      | sed 's/.*"value":"\\([^"]*\\)".*/\\1/')

    curl -s ${api} -H "Authorization: $TOKEN" -H 'Content-Type: application/json' \\
      -d '{"query":"{ deployRevisions(deploymentUuid: \\"${deploymentId}\\", first: 5) { nodes { id number status image createdBy { label } description rollback { allowed } } } }"}'

`;
}
