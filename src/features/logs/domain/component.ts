/** What the interface of the 0.35 platform and its CLI's commands call the component whose lines say `worker`. */
const OTHER_NAMES: Readonly<Record<string, string>> = { workers: "worker" };

/**
 * The component by which lines are kept: `webserver`, `scheduler`, `worker`, `triggerer`, `git-sync-relay`,
 * `dag-server`, `airflow-downgrade`, `deploy-rollback`. Any other name is taken as it stands and finds what
 * collectors have written under it. Null, which clients also spell as the empty string, means all of them.
 */
export function componentNamed(name: string | null | undefined): string | null {
  return name ? (OTHER_NAMES[name] ?? name) : null;
}
