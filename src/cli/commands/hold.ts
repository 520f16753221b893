import { HOLD, LIFT, LIST_HOLDS, type Quarantine } from "../client/documents";
import { CliError, EXIT } from "../client/exit-codes";
import { findRevision, where } from "../client/find";
import { instant, oneLine, table } from "../terminal/text";
import type { Context, OutputOptions } from "./context";

export async function addHold(
  context: Context,
  release: string,
  number: number,
  options: OutputOptions & { readonly message: string },
): Promise<void> {
  const api = await context.api();
  const { id } = await findRevision(api, release, number);
  const { quarantineDeployRevision: hold } = await api.send<{ quarantineDeployRevision: Quarantine }>(
    HOLD,
    { deployRevisionId: id, reason: options.message },
    { retry: false },
  );
  context.result(options, hold, () => `${contentOf(hold)} is held; lift it with: retrograde hold lift ${hold.id}\n`);
}

export async function listHolds(context: Context, release: string, options: OutputOptions): Promise<void> {
  const api = await context.api();
  const { deployment } = await api.read<{ deployment: { quarantines: Quarantine[] } | null }>(LIST_HOLDS, {
    where: where(release),
  });
  if (deployment === null) throw new CliError(`There is no Deployment ${release} that you may see`, EXIT.notFound);
  context.result(options, deployment.quarantines, () =>
    table(deployment.quarantines, [
      { title: "ID", value: ({ id }) => id },
      { title: "CONTENT", value: contentOf, max: 60 },
      { title: "AT", value: ({ createdAt }) => instant(createdAt) },
      { title: "BY", value: ({ createdBy }) => createdBy.label, max: 24 },
      { title: "REASON", value: ({ reason }) => reason, max: 60 },
    ]),
  );
}

export async function liftHold(context: Context, quarantineId: string, options: OutputOptions): Promise<void> {
  const api = await context.api();
  const { liftQuarantine: hold } = await api.send<{ liftQuarantine: Quarantine }>(
    LIFT,
    { quarantineId },
    { retry: false },
  );
  context.result(options, hold, () => `${contentOf(hold)} can be deployed again\n`);
}

const contentOf = ({ image, dagBundleSha256 }: Quarantine): string =>
  [image, dagBundleSha256 && `DAG bundle ${dagBundleSha256.slice(0, 12)}`]
    .filter((part) => part !== null)
    .map(oneLine)
    .join(" and ");
