import { chart, deployments, houston, setting } from "./setting";
import { cronSchedule } from "./cron-schedule";
import { trueOrFalse, wholeNumber } from "./value-kinds";

/** The paths of a key of `deployRollback`: the 2.x place and the 0.35 place. */
const inBothPlaces = (newKey: string, oldKey = newKey): readonly string[] => [
  deployments(`deploymentLifecycle.deployRollback.${newKey}`),
  deployments(`deployRollback.${oldKey}`),
];

/** The second path is the one on the public page on rollbacks, although the chart never reads it. */
const cleanupDeployRevisions = (key: string): readonly string[] => [
  houston(`cleanupDeployRevisions.${key}`),
  `houston.cleanupDeployRevisions.${key}`,
];

export const rollback = {
  enabled: setting({
    kind: trueOrFalse,
    default: false,
    embeddedDefault: true,
    values: [
      ...inBothPlaces("enabled"),
      chart("deploymentLifecycle.deployRollback.enabled"),
      chart("deployRollbackEnabled"),
    ],
    impliedBy: [deployments("deploymentLifecycle.deployRollback"), deployments("deployRollback")],
    description: "Allow rollbacks in this installation; each Deployment then opts in.",
  }),
  retentionDays: setting({
    kind: wholeNumber(1, 3650),
    default: 90,
    values: [...inBothPlaces("deployRevisionReportNumberOfDays"), ...cleanupDeployRevisions("olderThan")],
    description: "Days that deploy history is kept, and that a rollback may reach back.",
  }),
  dagTarballVersionValidation: setting({
    kind: trueOrFalse,
    default: true,
    values: [
      ...inBothPlaces("dagTarballVersionValidation.enabled", "enableDagTarballVersionValidation"),
      chart("deploymentLifecycle.deployRollback.dagTarballVersionValidation.enabled"),
    ],
    description: "Refuse a rollback to a revision whose DAG bundle is gone.",
  }),
  requireDataLossAcknowledgement: setting({
    kind: trueOrFalse,
    default: true,
    values: inBothPlaces("requireDataLossAcknowledgement"),
    description: "Ask for `acknowledgeDataLoss` where a rollback downgrades the Airflow database.",
  }),
  allowAirflow3To2: setting({
    kind: trueOrFalse,
    default: false,
    values: inBothPlaces("allowAirflow3To2"),
    description: "Allow rollbacks from Airflow 3 to Airflow 2.",
  }),
  serviceAccountsMayLiftQuarantines: setting({
    kind: trueOrFalse,
    default: false,
    values: inBothPlaces("serviceAccountsMayLiftQuarantines"),
    description: "Allow service accounts to lift quarantines, and not only people.",
  }),
};

export const cleanup = {
  enabled: setting({
    kind: trueOrFalse,
    default: true,
    values: cleanupDeployRevisions("enabled"),
    description: "Remove expired revisions, and bundles that nothing names any more, on schedule.",
  }),
  schedule: setting({
    kind: cronSchedule,
    default: "11 23 * * *",
    values: cleanupDeployRevisions("schedule"),
    description:
      "When to clean up, in UTC, as a CronJob of Kubernetes takes it: five fields, or `@daily` and the like.",
  }),
};
