import { chart, config, deployments, optionalSetting, setting } from "./setting";
import { postgresUrl } from "./postgres-url";
import { filePath, text, textLike, trueOrFalse, url, wholeNumber } from "./value-kinds";

export const database = {
  url: optionalSetting({
    kind: postgresUrl,
    values: [config("database.connection")],
    env: ["DATABASE_URL"],
    secret: "credentials in URL",
    description:
      "Postgres to use: a URL, or in a file a mapping of user, password, host, port and database; without one, an embedded Postgres is started under the data folder.",
  }),
  poolSize: setting({
    kind: wholeNumber(1, 1000),
    default: 4,
    values: [config("database.poolSize")],
    description: "Connections of this process; small, because every replica opens as many.",
  }),
  migrateOnStart: setting({
    kind: trueOrFalse,
    default: false,
    values: [config("database.migrateOnStart")],
    env: ["MIGRATE_ON_START"],
    description: "Bring the database up to date at each start; otherwise a start without its migrations is refused.",
  }),
};

export const elasticsearch = {
  enabled: setting({
    kind: trueOrFalse,
    default: true,
    values: [config("elasticsearch.enabled")],
    description: "False switches Elasticsearch off although a node is configured.",
  }),
  node: optionalSetting({
    kind: url("http", "https"),
    values: [config("elasticsearch.client.node")],
    env: ["ELASTICSEARCH_URL"],
    secret: "credentials in URL",
    description: "Elasticsearch to export logs to and read them from; without one, logs stay in Postgres.",
  }),
  indexPrefix: setting({
    kind: textLike(/^[a-z0-9][a-z0-9_-]*$/, "lower-case letters, digits, - and _"),
    default: "fluentd",
    values: [deployments("fluentdIndexPrefix"), chart("logging.indexNamePrefix")],
    description: "First part of index names.",
  }),
  auditIndexPrefix: setting({
    kind: textLike(/^[a-z0-9][a-z0-9_-]*$/, "lower-case letters, digits, - and _"),
    default: "retrograde-audit",
    values: [config("elasticsearch.auditIndexPrefix")],
    description: "First part of the names of the audit trail's indices; another than that of logs.",
  }),
  username: optionalSetting({
    kind: text,
    values: [config("elasticsearch.client.auth.username")],
    description: "User name for Elasticsearch; needs a password.",
  }),
  password: optionalSetting({
    kind: text,
    values: [config("elasticsearch.client.auth.password")],
    secret: "whole",
    description: "Password for Elasticsearch; needs a user name.",
  }),
  apiKey: optionalSetting({
    kind: text,
    values: [config("elasticsearch.client.auth.apiKey")],
    secret: "whole",
    description: "API key for Elasticsearch, instead of user name and password.",
  }),
  caFile: optionalSetting({
    kind: filePath,
    values: [config("elasticsearch.client.caFile")],
    description: "PEM file of the authority that signed Elasticsearch's certificate.",
  }),
  batchSize: setting({
    kind: wholeNumber(1, 10_000),
    default: 500,
    values: [config("elasticsearch.batchSize")],
    description: "Log lines per bulk request.",
  }),
  pollIntervalMs: setting({
    kind: wholeNumber(50, 3_600_000),
    default: 1000,
    values: [config("elasticsearch.pollInterval")],
    description: "Milliseconds between two looks for new lines in a log subscription.",
  }),
};
