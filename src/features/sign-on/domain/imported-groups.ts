/** Max groups of one user that are imported. Real directories stay below. */
const MOST = 500;

/** Whether a provider's groups become Teams, and which of them. */
export type GroupImport =
  { readonly kind: "OFF" } | { readonly kind: "ON"; readonly filter: { test(group: string): boolean } | null };

/** The names of the Teams that a person belongs into by these groups; null leaves everything as it is. */
export function importedGroups(groups: readonly string[] | null, rule: GroupImport): readonly string[] | null {
  if (rule.kind === "OFF" || groups === null) return null;
  const { filter } = rule;
  return groups.filter((group) => filter === null || filter.test(group)).slice(0, MOST);
}
