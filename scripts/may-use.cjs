/**
 * Which features a feature may use, in the order of the product's story. The key is the folder's name; docs/adr/0001 and
 * docs/architecture.md draw it.
 */
module.exports = {
  runtimes: [],
  access: [],
  audit: [],
  logs: [],
  installation: [],
  bundles: ["installation"],
  "sign-on": ["access"],
  workspaces: ["access", "logs"],
  deployments: ["access", "workspaces", "runtimes", "logs"],
  notifications: ["logs", "workspaces", "deployments"],
  holds: ["logs", "deployments"],
  registry: ["access", "deployments"],
  deploys: ["runtimes", "access", "logs", "installation", "bundles", "deployments", "holds", "registry"],
  rollouts: ["installation", "bundles", "deployments", "deploys"],
  rollbacks: ["runtimes", "bundles", "registry", "deployments", "holds", "deploys"],
};
