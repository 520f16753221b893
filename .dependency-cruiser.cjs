const feature = "^src/features/([^/]+)/";

/** Which features a feature may use; docs/adr/0001 draws it. */
const mayUse = {
  platform: [],
  access: [],
  audit: [],
  logs: [],
  installation: [],
  bundles: ["installation"],
  rollouts: ["installation", "bundles"],
  "sign-on": ["access"],
  workspaces: ["access", "logs"],
  deployments: ["access", "workspaces", "platform", "logs"],
  registry: ["access", "deployments"],
  deploys: [
    "platform",
    "access",
    "logs",
    "installation",
    "bundles",
    "rollouts",
    "workspaces",
    "deployments",
    "registry",
  ],
};

const featureDirections = Object.entries(mayUse).map(([name, others]) => ({
  name: `features-${name}`,
  comment: `${name} may use ${others.join(", ") || "no other feature"}`,
  severity: "error",
  from: { path: `^src/features/${name}/` },
  to: { path: "^src/features/", pathNot: `^src/features/(${[name, ...others].join("|")})/` },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    ...featureDirections,
    {
      name: "features-meet-at-their-doors",
      comment: "index.ts for domain and use cases; graphql/index.ts for the schema classes that others extend",
      severity: "error",
      from: { path: feature, pathNot: ["/graphql/", "/module\\.ts$"] },
      to: { path: feature, pathNot: ["^src/features/$1/", "^src/features/[^/]+/index\\.ts$"] },
    },
    {
      name: "graphql-meets-graphql-at-its-door",
      severity: "error",
      from: { path: "^src/features/([^/]+)/(graphql/|module\\.ts$)" },
      to: { path: feature, pathNot: ["^src/features/$1/", "^src/features/[^/]+/(graphql/)?index\\.ts$"] },
    },
    {
      name: "domain-is-pure",
      comment: "no I/O, no framework: nothing but its own layer, shared/domain and other features' doors",
      severity: "error",
      from: { path: "^src/(features/[^/]+|shared)/domain/", pathNot: "\\.test\\.ts$" },
      to: {
        path: [
          "/(app|db|graphql|http|jobs|drivers|elasticsearch|archive|stores|oidc|crypto|client)/",
          "^src/config/",
          "node_modules",
          "^src/shared/(app|db|graphql|http|jobs|logging)/",
        ],
      },
    },
    {
      name: "domain-has-no-node-io",
      severity: "error",
      from: { path: "^src/(features/[^/]+|shared)/domain/", pathNot: "\\.test\\.ts$" },
      to: { dependencyTypes: ["core"], pathNot: "^(node:)?crypto$" },
    },
    {
      name: "app-knows-no-adapter",
      severity: "error",
      from: { path: "^src/features/[^/]+/app/" },
      to: {
        path: [
          "^src/features/[^/]+/(db|graphql|http|jobs|drivers|elasticsearch|stores|oidc|crypto|client)/",
          "^src/shared/(db|graphql|http|jobs|elasticsearch)/",
          "^src/config/",
        ],
      },
    },
    {
      name: "graphql-and-db-never-meet",
      severity: "error",
      from: { path: "^src/(features/[^/]+|shared)/graphql/" },
      to: { path: "^src/(features/[^/]+|shared)/db/" },
    },
    {
      name: "db-and-graphql-never-meet",
      severity: "error",
      from: { path: "^src/(features/[^/]+|shared)/db/" },
      to: { path: "^src/(features/[^/]+|shared)/graphql/" },
    },
    {
      name: "shared-knows-no-feature",
      severity: "error",
      from: { path: "^src/shared/" },
      to: { path: "^src/features/" },
    },
    {
      name: "modules-are-wired-in-one-place",
      severity: "error",
      from: { path: "^src/", pathNot: ["^src/(compose-features|entities)\\.ts$"] },
      to: { path: "/module\\.ts$" },
    },
    {
      name: "no-test-code-in-the-product",
      severity: "error",
      from: { path: "^src/", pathNot: "\\.test\\.ts$" },
      to: { path: "^(test|bench)/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
  },
};
