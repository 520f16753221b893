import type { Api, Issue } from "../client/api";
import { PLAN, type Plan, type Revision } from "../client/documents";
import { CliError, EXIT } from "../client/exit-codes";
import { findDeployment } from "../client/find";
import { oneLine, table } from "../terminal/text";
import type { Context, OutputOptions } from "./context";

const FILES_SHOWN = 10;

export type Target = { readonly number?: number | undefined } | { readonly id: string };

/** Without a number: to the last known good revision. */
export async function planOf(api: Api, deploymentUuid: string, target: Target): Promise<Plan> {
  const { rollbackPlan } = await api.read<{ rollbackPlan: Plan }>(PLAN, {
    deploymentUuid,
    ...("id" in target
      ? { deployRevisionId: target.id }
      : target.number !== undefined && { deployRevisionNumber: target.number }),
  });
  return rollbackPlan;
}

/** Ends with 5 where something stands against the rollback. */
export async function showPlan(
  context: Context,
  release: string,
  number: number | undefined,
  options: OutputOptions,
): Promise<void> {
  const api = await context.api();
  const { id } = await findDeployment(api, release);
  const plan = await planOf(api, id, { number });
  context.result(options, plan, () => planText(plan));
  requireAllowed(plan);
}

/** @throws CliError where the plan has blockers, which the caller was shown */
export function requireAllowed({ allowed, deployment, to, blockers }: Plan): void {
  if (allowed) return;
  const codes = blockers.map(({ code }) => code).join(", ");
  throw new CliError(`${deployment.releaseName} cannot be rolled back to #${to.number} now: ${codes}`, EXIT.refused);
}

export function planText({ deployment, from, to, changes, database, dags, skipped, warnings, blockers }: Plan): string {
  const changed = changes.filter((change) => change.changed);
  return [
    `${deployment.releaseName}: from ${titleOf(from)}\n${" ".repeat(deployment.releaseName.length)}    to ${titleOf(to)}\n`,
    changed.length === 0
      ? "Nothing differs.\n"
      : table(changed, [
          { title: "CHANGE", value: ({ field }) => field },
          { title: "FROM", value: (change) => change.from, max: 60 },
          { title: "TO", value: (change) => change.to, max: 60 },
        ]),
    dagsText(dags),
    databaseText(database),
    skipped.length === 0 ? "" : `Left behind as well: ${skipped.map(({ number }) => `#${number}`).join(", ")}\n`,
    ...warnings.map((issue) => issueText("Warning", issue)),
    ...blockers.map((issue) => issueText("Blocker", issue)),
  ].join("");
}

const titleOf = ({ number, description }: Revision): string =>
  `#${number}${description === null ? "" : ` (${oneLine(description)})`}`;

export const issueText = (kind: string, { code, message, remedy }: Issue): string =>
  `${kind} ${code}: ${oneLine(message)}${remedy ? `\n    ${oneLine(remedy)}` : ""}\n`;

function dagsText(dags: Plan["dags"]): string {
  if (dags === null) return "";
  const lines = [
    ...dags.added.map((path) => `  + ${oneLine(path)}`),
    ...dags.removed.map((path) => `  - ${oneLine(path)}`),
    ...dags.changed.map((path) => `  ~ ${oneLine(path)}`),
  ];
  const more = lines.length > FILES_SHOWN ? [`  … and ${lines.length - FILES_SHOWN} more`] : [];
  const counts = `${dags.added.length} added, ${dags.removed.length} removed, ${dags.changed.length} changed, ${dags.unchangedCount} the same`;
  return `DAG files: ${counts}\n${[...lines.slice(0, FILES_SHOWN), ...more].map((line) => `${line}\n`).join("")}`;
}

function databaseText({ direction, fromRevision, toRevision, losesData }: Plan["database"]): string {
  if (direction === "NONE") return "";
  const way = direction === "DOWNGRADE" ? "downgraded" : "upgraded";
  const revisions = fromRevision !== null && toRevision !== null ? ` from ${fromRevision} to ${toRevision}` : "";
  return `The metadata database is ${way}${revisions}.${losesData ? " Data of newer features is erased for good." : ""}\n`;
}
