import type { LineExport } from "../infrastructure/line-export/line-export";
import { configOf } from "./database";
import { readOptions, VALUES_OPTION } from "./usage-error";
import { withApp } from "./with-app";

const LINES_LEFT = 3;

/**
 * Sends waiting log and audit lines to Elasticsearch; with `--retry-rejected` also those that it has refused. Prints
 * one line of JSON; the exit code is 3 where lines were refused again or Elasticsearch is away. May run beside the
 * service.
 */
export async function exportLines(args: string[]): Promise<void> {
  const options = readOptions(args, { ...VALUES_OPTION, "retry-rejected": { type: "boolean", default: false } });
  const config = configOf(options.values);
  if (config.elasticsearch.kind !== "on") throw new Error("There is nowhere to export to: set ELASTICSEARCH_URL");
  const retry = options["retry-rejected"];
  const report = await withApp(config, async ({ features }) => ({
    log: await send(features.logs.lineExport, retry),
    audit: await send(features.audit.lineExport, retry),
  }));
  process.stdout.write(`${JSON.stringify(report)}\n`);
  if (Object.values(report).some((one) => one !== null && (one.outage !== null || one.refused > 0)))
    process.exitCode = LINES_LEFT;
}

async function send(lineExport: Pick<LineExport<{ id: string }>, "retryRefused" | "sendAll"> | null, retry: boolean) {
  if (lineExport === null) return null;
  const retried = retry ? await lineExport.retryRefused() : 0;
  return { retried, ...(await lineExport.sendAll()) };
}
