import { config, setting } from "./setting";
import { wholeNumber } from "./value-kinds";

const count = wholeNumber(1, 10_000_000);

/** Limits on what users may create; a refusal names the setting. */
export const limits = {
  workspacesPerUser: setting({
    kind: count,
    default: 50,
    values: [config("limits.workspacesPerUser")],
    description: "Workspaces that a user without a system role may administer before they can create no more.",
  }),
  deploymentsPerWorkspace: setting({
    kind: count,
    default: 2000,
    values: [config("limits.deploymentsPerWorkspace")],
    description: "Deployments in one Workspace.",
  }),
  serviceAccounts: setting({
    kind: count,
    default: 500,
    values: [config("limits.serviceAccounts")],
    description: "Service accounts of one Workspace, of one Deployment, and of the system.",
  }),
  bundleBytesPerDeployment: setting({
    kind: wholeNumber(1, Number.MAX_SAFE_INTEGER),
    default: 100 * 1024 ** 3,
    values: [config("limits.bundleBytesPerDeployment")],
    description: "Bytes of all DAG archives that one Deployment keeps, the same archive counted once.",
  }),
  quarantinesPerDeployment: setting({
    kind: wholeNumber(1, 1_000),
    default: 200,
    values: [config("limits.quarantinesPerDeployment")],
    description: "Quarantines of one Deployment that are not lifted.",
  }),
  webhooks: setting({
    kind: wholeNumber(1, 1_000),
    default: 20,
    values: [config("limits.webhooks")],
    description: "Webhooks of one Workspace, and of the installation.",
  }),
};
