const mayUse = require("./scripts/may-use.cjs");

const feature = "^src/features/([^/]+)/";
/** Everything that the product is made of; packages and Node's own modules are not in it. */
const ours = "^(src|migrations|test|bench|ui)/";

const featureDirections = Object.entries(mayUse).map(([name, others]) => ({
  name: `features-${name}`,
  comment: `${name} may use ${others.join(", ") || "no other feature"}`,
  severity: "error",
  from: { path: `^src/features/${name}/` },
  to: { path: "^src/features/", pathNot: `^src/features/(${[name, ...others].join("|")})/` },
}));

/** `from` may use nothing of ours but `allowed`. A folder that comes to exist later is not in a list of what is forbidden. */
const onlyUses = (name, comment, from, allowed) => ({
  name,
  comment,
  severity: "error",
  from: { path: from },
  to: { path: ours, pathNot: allowed },
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    {
      name: "no-folder-circular",
      comment: "folders that need each other cannot be read, moved or replaced one at a time",
      severity: "error",
      scope: "folder",
      from: {},
      to: { circular: true },
    },
    ...featureDirections,
    {
      name: "features-meet-at-their-doors",
      comment:
        "domain/index.ts for what is pure, index.ts for use cases, graphql/index.ts for the schema classes that others extend",
      severity: "error",
      from: { path: feature, pathNot: ["/graphql/", "/module\\.ts$"] },
      to: { path: feature, pathNot: ["^src/features/$1/", "^src/features/[^/]+/(domain/)?index\\.ts$"] },
    },
    {
      name: "graphql-meets-graphql-at-its-door",
      severity: "error",
      from: { path: "^src/features/([^/]+)/(graphql/|module\\.ts$)" },
      to: { path: feature, pathNot: ["^src/features/$1/", "^src/features/[^/]+/(graphql/)?index\\.ts$"] },
    },
    onlyUses("kernel-stands-alone", "words that everything shares", "^src/kernel/", ["^src/kernel/"]),
    onlyUses("infrastructure-knows-no-feature", "adapters that features use", "^src/infrastructure/", [
      "^src/(kernel|infrastructure)/",
    ]),
    onlyUses("server-knows-no-feature", "HTTP, GraphQL and sockets; wired by the composition", "^src/server/", [
      "^src/(kernel|infrastructure|server)/",
    ]),
    onlyUses("embedded-postgres-stands-alone", "a launcher of its own", "^src/embedded-postgres/", [
      "^src/(kernel|embedded-postgres)/",
      "^src/infrastructure/postgres/",
    ]),
    onlyUses(
      "the-command-line-knows-the-api-only",
      "it speaks GraphQL to a server, and has to start at once",
      "^src/cli/",
      ["^src/cli/"],
    ),
    onlyUses("config-stands-alone", "what an operator sets", "^src/config/", ["^src/(kernel|config)/"]),
    {
      name: "only-the-composition-knows-the-server",
      severity: "error",
      from: { path: "^src/", pathNot: ["^src/(server|composition|commands)/"] },
      to: { path: "^src/server/" },
    },
    {
      name: "only-commands-know-the-launcher",
      severity: "error",
      from: { path: "^src/", pathNot: ["^src/(embedded-postgres|commands)/"] },
      to: { path: "^src/embedded-postgres/" },
    },
    onlyUses(
      "domain-uses-domain",
      "its own layer, the kernel, and other features' doors",
      "^src/features/([^/]+)/domain/",
      ["^src/kernel/", "^src/features/$1/(domain|data)/", "^src/features/[^/]+/domain/index\\.ts$"],
    ),
    {
      name: "domain-is-pure",
      comment: "by whatever way: what domain/ uses does no I/O and no framework either",
      severity: "error",
      from: { path: "^src/features/[^/]+/domain/" },
      to: {
        path: ["^src/", "node_modules"],
        pathNot: ["^src/kernel/", "^src/features/[^/]+/(domain|data)/", "^node_modules/uuidv7/"],
        reachable: true,
      },
    },
    {
      name: "domain-and-kernel-do-no-io",
      severity: "error",
      from: { path: "^src/(features/[^/]+/domain|kernel)/" },
      to: { dependencyTypes: ["core"], pathNot: "^(node:)?(crypto|timers/promises|async_hooks|events)$" },
    },
    onlyUses("app-uses-domain-and-app", "and no adapter: those implement its ports", "^src/features/([^/]+)/app/", [
      "^src/kernel/",
      "^src/features/$1/(app|domain|data)/",
      "^src/features/[^/]+/index\\.ts$",
    ]),
    {
      name: "graphql-and-db-never-meet",
      severity: "error",
      from: { path: "^src/features/[^/]+/graphql/" },
      to: { path: "^src/(features/[^/]+/db|infrastructure/postgres)/" },
    },
    {
      name: "db-and-graphql-never-meet",
      severity: "error",
      from: { path: "^src/features/[^/]+/db/" },
      to: { path: "^src/(features/[^/]+/graphql|infrastructure/graphql)/" },
    },
    {
      name: "modules-are-wired-in-one-place",
      severity: "error",
      from: { path: "^src/", pathNot: ["^src/composition/"] },
      to: { path: "/module\\.ts$" },
    },
    {
      name: "the-client-knows-the-schema-only",
      comment: "schema.graphql is the contract between ui/ and the service",
      severity: "error",
      from: { path: "^ui/" },
      to: { path: "^(src|migrations|test|bench)/" },
    },
    {
      name: "the-service-knows-no-client",
      severity: "error",
      from: { path: "^(src|migrations)/" },
      to: { path: "^ui/" },
    },
    {
      name: "client-layers",
      comment: "pages use parts, parts use lib",
      severity: "error",
      from: { path: "^ui/src/lib/" },
      to: { path: "^ui/src/(parts|pages)/" },
    },
    {
      name: "client-parts-know-no-page",
      severity: "error",
      from: { path: "^ui/src/parts/" },
      to: { path: "^ui/src/pages/" },
    },
    {
      name: "no-test-code-in-the-product",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^(test|bench)/" },
    },
  ],
  options: {
    exclude: { path: "\\.test\\.ts$" },
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
  },
};
