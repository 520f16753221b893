import type { RepairPlan, StoreReport } from "../features/bundles";

const MAX_NAMED = 20;

/** The report in lines for people. */
export function describeReport({ archives, stored, damaged, orphans, strays }: StoreReport): string[] {
  return [
    `${count(archives, "archive")} recorded, ${stored} stored.`,
    ...damaged.flatMap(({ sha256, state, bundles }) => [
      `${state} ${sha256}${bundles.length === 0 ? ", which no bundle holds" : ""}`,
      ...bundles.map(
        ({ releaseName, version, createdAt, isCurrent }) =>
          `  ${releaseName}  version ${version}, uploaded ${createdAt}${isCurrent ? ", current" : ""}`,
      ),
    ]),
    ...(damaged.length === 0
      ? ["Every recorded archive is stored and whole."]
      : [
          "Upload the same DAG files to these releases again, or bring the archives back from a backup of the store. Rollbacks to these versions are refused until then.",
        ]),
    ...named(
      orphans.map(({ sha256, sizeBytes, storedAt }) => `${sha256}  ${sizeBytes} bytes, stored ${storedAt}`),
      "stored archive that no record needs",
      "stored archives that no record needs",
    ),
    ...named(strays, "other object, which is left alone", "other objects, which are left alone"),
  ];
}

/** What a repair would do, or is about to do. */
export function describePlan(
  { remove, young, refusal }: RepairPlan,
  { repair }: { readonly repair: boolean },
): string[] {
  if (remove.length + young === 0) return [];
  const kept = young === 0 ? "" : ` ${young} younger than a day stay.`;
  if (remove.length === 0) return [`Nothing to remove.${kept}`];
  if (refusal !== null) return [`${repair ? "Nothing was removed" : "--repair would be refused"}: ${refusal}.${kept}`];
  return [`${repair ? "Removing" : "--repair removes"} ${remove.length}.${kept}`];
}

function named(lines: readonly string[], one: string, many: string): string[] {
  if (lines.length === 0) return [];
  const rest = lines.length - MAX_NAMED;
  return [
    `${lines.length} ${lines.length === 1 ? one : many}:`,
    ...lines.slice(0, MAX_NAMED).map((line) => `  ${line}`),
    ...(rest > 0 ? [`  and ${rest} more`] : []),
  ];
}

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;
