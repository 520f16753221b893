import { DAGS, type DagFiles } from "./demo-dags";

/** One deploy of the demo's past; the n-th of a Deployment becomes its revision n. */
export interface PastDeploy {
  /** Days before today. */
  readonly daysAgo: number;
  readonly by: "ci" | "ada" | "jun";
  readonly description: string;
  readonly what:
    | {
        readonly runtimeVersion: string;
        /** Whether the next deploy comes before this one is rolled out. */
        readonly overtaken?: true;
      }
    | { readonly dags: DagFiles }
    | { readonly rollbackTo: number };
}

export interface PastDeployment {
  readonly label: string;
  readonly releaseName: string;
  readonly rollbackEnabled: boolean;
  /** Its DAGs are deployed separately; its image has none. */
  readonly dagOnlyDeploys?: true;
  readonly deploys: readonly PastDeploy[];
}

/** The one that the banner and the README look at. */
export const ANALYTICS: PastDeployment = {
  label: "Analytics",
  releaseName: "demo-analytics",
  rollbackEnabled: true,
  deploys: [
    { daysAgo: 62, by: "ada", description: "First deploy", what: { runtimeVersion: "11.3.0" } },
    {
      daysAgo: 55.2,
      by: "ci",
      description: "Merge pull request #12: load orders hourly",
      what: { runtimeVersion: "11.3.0", overtaken: true },
    },
    {
      daysAgo: 55.1992,
      by: "ci",
      description: "Merge pull request #14: retry flaky sensors",
      what: { runtimeVersion: "11.3.0" },
    },
    { daysAgo: 41.1, by: "ci", description: "Merge pull request #15: pandas 2", what: { runtimeVersion: "11.3.0" } },
    { daysAgo: 41.03, by: "ci", description: "Merge pull request #16: pin pandas", what: { runtimeVersion: "11.3.0" } },
    { daysAgo: 30.4, by: "jun", description: "Runtime 11.4.0", what: { runtimeVersion: "11.4.0" } },
    {
      daysAgo: 22.7,
      by: "ci",
      description: "Merge pull request #21: new revenue model",
      what: { runtimeVersion: "11.4.0" },
    },
    { daysAgo: 22.6, by: "ada", description: "Revenue is counted twice since #21", what: { rollbackTo: 6 } },
    {
      daysAgo: 20.3,
      by: "ci",
      description: "Merge pull request #22: count revenue once",
      what: { runtimeVersion: "11.4.0" },
    },
    { daysAgo: 9.5, by: "jun", description: "Runtime 11.5.0", what: { runtimeVersion: "11.5.0" } },
    { daysAgo: 3.2, by: "ci", description: "Merge pull request #27: dbt 1.8", what: { runtimeVersion: "11.5.0" } },
    {
      daysAgo: 0.3,
      by: "ci",
      description: "Merge pull request #28: dbt 1.8, second try",
      what: { runtimeVersion: "11.5.0" },
    },
  ],
};

/** Its newest deploys can be rolled back freely; those before Runtime 10 only with data loss. */
const REPORTING: PastDeployment = {
  label: "Reporting",
  releaseName: "demo-reporting",
  rollbackEnabled: true,
  deploys: [
    { daysAgo: 70, by: "jun", description: "First deploy", what: { runtimeVersion: "9.17.0" } },
    { daysAgo: 33.6, by: "ci", description: "Merge pull request #2: daily report", what: { runtimeVersion: "9.17.0" } },
    { daysAgo: 12, by: "jun", description: "Runtime 10", what: { runtimeVersion: "10.9.0" } },
    { daysAgo: 2, by: "ci", description: "Merge pull request #4: weekly report", what: { runtimeVersion: "10.9.0" } },
  ],
};

const SANDBOX: PastDeployment = {
  label: "Sandbox",
  releaseName: "demo-sandbox",
  rollbackEnabled: false,
  deploys: [
    { daysAgo: 15.5, by: "ada", description: "Something to play with", what: { runtimeVersion: "12.0.0" } },
    { daysAgo: 15.4, by: "ada", description: "With the right connection", what: { runtimeVersion: "12.0.0" } },
  ],
};

/** Its DAGs are deployed separately: a rollback changes files only. */
const INGESTION: PastDeployment = {
  label: "Ingestion",
  releaseName: "demo-ingestion",
  rollbackEnabled: true,
  dagOnlyDeploys: true,
  deploys: [
    { daysAgo: 28, by: "ada", description: "First image, without DAGs", what: { runtimeVersion: "11.5.0" } },
    { daysAgo: 27.9, by: "ada", description: "First DAGs: orders", what: { dags: DAGS.first } },
    {
      daysAgo: 19.2,
      by: "ci",
      description: "Merge pull request #3: load customers too",
      what: { dags: DAGS.customers },
    },
    { daysAgo: 10.4, by: "ci", description: "Merge pull request #6: orders every hour", what: { dags: DAGS.hourly } },
    {
      daysAgo: 3.1,
      by: "ci",
      description: "Merge pull request #9: clean up before loading customers",
      what: { dags: DAGS.tableDropped },
    },
    { daysAgo: 3.05, by: "jun", description: "Customers are gone since #9", what: { rollbackTo: 4 } },
    {
      daysAgo: 1.2,
      by: "ci",
      description: "Merge pull request #10: drop only the old view, load refunds",
      what: { dags: DAGS.viewDropped },
    },
  ],
};

/** The last one takes DAG-only deploys, which a configuration may have switched off. */
export const DEMO_DEPLOYMENTS = [ANALYTICS, REPORTING, SANDBOX, INGESTION] as const;

export const imageTag = (revisionNumber: number): string => `deploy-${revisionNumber}`;

/** Release name and image tag, and what its rollout failed for. */
export const FAILURES: Readonly<Record<string, string>> = {
  [`${ANALYTICS.releaseName}:${imageTag(4)}`]:
    "The scheduler does not start: ModuleNotFoundError: No module named 'pandas.io.gbq'",
  [`${ANALYTICS.releaseName}:${imageTag(11)}`]:
    "The workers do not start: dbt-core 1.8.0 needs protobuf>=4, and protobuf 3.20.3 is installed",
};
