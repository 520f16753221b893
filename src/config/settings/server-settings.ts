import { LOG_LEVELS, ROLLOUT_DRIVERS } from "./value-types";
import { config, chart, optionalSetting, setting } from "./setting";
import {
  dnsLabel,
  domain,
  filePath,
  introspection,
  listOfOrigins,
  oneOf,
  origin,
  text,
  textLike,
  trueOrFalse,
  trustedProxies,
  wholeNumber,
} from "./value-kinds";

const anyCount = wholeNumber(1, 1_000_000);
const seconds = wholeNumber(1, 86_400);

export const server = {
  host: setting({
    kind: text,
    default: "0.0.0.0",
    values: [config("webserver.host")],
    env: ["HOST"],
    description: "Address to listen on.",
  }),
  port: setting({
    kind: wholeNumber(0, 65_535),
    default: 8871,
    values: [config("webserver.port"), "astronomer.ports.houstonHTTP"],
    env: ["PORT"],
    description: "Port to listen on; 0 takes any free one.",
  }),
  operatorPort: optionalSetting({
    kind: wholeNumber(0, 65_535),
    values: [config("webserver.operatorPort")],
    description:
      "Port of /metrics and of the details of /v1/readyz (0 takes any free one); without it they are on the port of the API.",
  }),
  endpoint: setting({
    kind: textLike(/^(\/[\w.-]+)+$/, 'a path that starts with "/" and does not end with it'),
    default: "/v1",
    values: [config("webserver.endpoint")],
    description: "Path of the GraphQL endpoint, and prefix of all paths beside it (`readyz`, `token`, `registry/…`).",
  }),
  subscriptions: setting({
    kind: textLike(/^(\/[\w.-]+)+$/, 'a path that starts with "/" and does not end with it'),
    default: "/ws",
    values: [config("webserver.subscriptions")],
    description: "Path of GraphQL over WebSocket.",
  }),
  maxSockets: setting({
    kind: anyCount,
    default: 5000,
    values: [config("webserver.maxSockets")],
    description: "Most WebSockets open at a time in this process.",
  }),
  maxSocketsPerAddress: setting({
    kind: anyCount,
    default: 500,
    values: [config("webserver.maxSocketsPerAddress")],
    description: "Most WebSockets open at a time from one network address; behind a proxy see trustProxy.",
  }),
  bodyLimitBytes: setting({
    kind: wholeNumber(1024, 1024 ** 3),
    default: 1024 ** 2,
    values: [config("webserver.bodyLimitBytes")],
    description: "Largest request body, DAG uploads aside, and largest message of a WebSocket.",
  }),
  anonymousBodyLimitBytes: setting({
    kind: wholeNumber(1024, 1024 ** 3),
    default: 16 * 1024,
    values: [config("webserver.anonymousBodyLimitBytes")],
    description: "Largest request body of a caller without a session.",
  }),
  maxConnections: setting({
    kind: anyCount,
    default: 10_000,
    values: [config("webserver.maxConnections")],
    description: "Most connections open at a time in this process, WebSockets included.",
  }),
  maxConnectionsPerAddress: setting({
    kind: anyCount,
    default: 1000,
    values: [config("webserver.maxConnectionsPerAddress")],
    description:
      "Most connections open at a time from one network address (IPv6: one /64 network); with trustProxy, most requests in hand of one client address.",
  }),
  requestTimeoutSeconds: setting({
    kind: seconds,
    default: 30,
    values: [config("webserver.requestTimeoutSeconds")],
    description: "Time for a request to arrive whole, DAG uploads aside, and for its headers.",
  }),
  idleTimeoutSeconds: setting({
    kind: seconds,
    default: 300,
    values: [config("webserver.idleTimeoutSeconds")],
    description: "Time after which a client that reads nothing of its answer is cut off.",
  }),
  uploadTimeoutSeconds: setting({
    kind: seconds,
    default: 3600,
    values: [config("webserver.uploadTimeoutSeconds")],
    description: "Longest time for a DAG upload to arrive.",
  }),
  uploadMinBytesPerSecond: setting({
    kind: wholeNumber(0, 1024 ** 3),
    default: 10 * 1024,
    values: [config("webserver.uploadMinBytesPerSecond")],
    description: "Lowest rate of a DAG upload, over half a minute; 0 takes any.",
  }),
  trustProxy: setting({
    kind: trustedProxies,
    default: false,
    values: [config("webserver.trustProxy")],
    description:
      "Whose X-Forwarded-* headers are believed: the number of proxies before this service, or their networks (10.0.0.0/8, loopback, uniquelocal, linklocal). With true a client can choose its address, unless the proxy overwrites the header.",
  }),
  allowedOrigins: setting({
    kind: listOfOrigins,
    default: [],
    values: [config("cors.allowedOrigins")],
    description: "Origins whose pages may call the API from a browser; `*` for all.",
  }),
  baseDomain: setting({
    kind: domain,
    default: "localhost",
    values: [config("helm.baseDomain"), chart("baseDomain")],
    description: "Domain under which the installation is reached.",
  }),
  publicUrl: optionalSetting({
    kind: origin,
    values: [config("webserver.publicUrl")],
    env: ["PUBLIC_URL"],
    description:
      "Where browsers reach this service; without it <subdomain>.<base domain>, or this machine where the base domain is localhost.",
  }),
  subdomain: setting({
    kind: dnsLabel,
    default: "houston",
    values: [config("subdomain")],
    description: "First label of the host of the API.",
  }),
  appSubdomain: setting({
    kind: dnsLabel,
    default: "app",
    values: [config("ui.subdomain")],
    description: "First label of the host of the web client, where the CLI looks for the token page.",
  }),
  subdomainHttps: setting({
    kind: trueOrFalse,
    default: true,
    values: [config("subdomainHttps.enabled"), config("subdomainHttpsEnabled")],
    description: "Whether those hosts are reached by https.",
  }),
  maxTokens: setting({
    kind: anyCount,
    default: 2000,
    values: [config("apollo.maxTokens")],
    description: "Longest GraphQL document, in tokens.",
  }),
  maxDepth: setting({
    kind: anyCount,
    default: 12,
    values: [config("apollo.maxDepth")],
    description: "Deepest nesting of a GraphQL document.",
  }),
  maxAliases: setting({
    kind: anyCount,
    default: 30,
    values: [config("apollo.maxAliases")],
    description: "Most aliases in a GraphQL document.",
  }),
  maxCost: setting({
    kind: wholeNumber(1, 100_000_000),
    default: 10_000,
    values: [config("apollo.maxCost")],
    description: "Highest cost of a GraphQL document.",
  }),
  introspection: setting({
    kind: introspection,
    default: "signed-in",
    embeddedDefault: true,
    values: [config("apollo.introspection")],
    description: "Answer introspection queries: of everybody, of callers who are signed in, or of nobody.",
  }),
  maxObjects: setting({
    kind: wholeNumber(1, 100_000_000),
    default: 20_000,
    values: [config("apollo.maxObjects")],
    description: "Most objects that one GraphQL request may resolve.",
  }),
  workPerMinute: setting({
    kind: wholeNumber(1, 2 ** 31 - 1),
    default: 1_000_000,
    values: [config("apollo.workPerMinute")],
    description:
      "Points of work per minute of one caller with a session, in each process: tokens of documents not seen before, and the declared costs of fields.",
  }),
  anonymous: {
    maxTokens: setting({
      kind: anyCount,
      default: 200,
      values: [config("apollo.anonymous.maxTokens")],
      description: "Longest GraphQL document of a caller without a session, in tokens.",
    }),
    maxAliases: setting({
      kind: wholeNumber(0, 1_000_000),
      default: 5,
      values: [config("apollo.anonymous.maxAliases")],
      description: "Most aliases in a GraphQL document of a caller without a session.",
    }),
    maxCost: setting({
      kind: wholeNumber(1, 100_000_000),
      default: 1_000,
      values: [config("apollo.anonymous.maxCost")],
      description: "Highest cost of a GraphQL document of a caller without a session.",
    }),
    requestsPerSecond: setting({
      kind: anyCount,
      default: 100,
      values: [config("apollo.anonymous.requestsPerSecond")],
      description:
        "GraphQL requests per second without a session from one address, in each process; behind a proxy see trustProxy.",
    }),
    workPerMinute: setting({
      kind: wholeNumber(1, 2 ** 31 - 1),
      default: 50_000,
      values: [config("apollo.anonymous.workPerMinute")],
      description:
        "Points of work per minute without a session from one address, in each process, for the declared costs of fields and for introspection.",
    }),
  },
};

export const dataDir = setting({
  kind: filePath,
  default: "./data",
  values: [config("dataDir")],
  description: "Folder for everything that is kept on disk.",
});

export const logging = {
  level: setting({
    kind: oneOf(LOG_LEVELS),
    default: "info",
    values: [config("logging.level")],
    env: ["LOG_LEVEL"],
    description: "Least severe level of this process's own log.",
  }),
};

export const workers = {
  enabled: setting({
    kind: trueOrFalse,
    default: true,
    values: [config("workers.enabled")],
    description: "Run background jobs in this process; false gives a replica that only serves the API.",
  }),
  concurrency: setting({
    kind: wholeNumber(1, 100),
    default: 4,
    values: [config("workers.concurrency")],
    description: "Background jobs run at the same time in this process.",
  }),
  retryCount: setting({
    kind: wholeNumber(0, 100),
    default: 5,
    values: [config("workers.retryCount")],
    description: "Retries of a failed background job.",
  }),
  outageMinutes: setting({
    kind: wholeNumber(0, 10_080),
    default: 60,
    values: [config("workers.outageMinutes")],
    description:
      "Minutes that a rollout waits for a dependency that is unavailable (the store of DAG bundles, the data folder) before it is FAILED; such a time costs no retries.",
  }),
  leaseSeconds: setting({
    kind: wholeNumber(5, 600),
    default: 30,
    values: [config("workers.leaseSeconds")],
    description:
      "Seconds without a sign of life, by the database's clock, after which the jobs of a process go to others.",
  }),
};

export const rollouts = {
  driver: setting({
    kind: oneOf(ROLLOUT_DRIVERS),
    default: "filesystem",
    values: [config("rollouts.driver")],
    description:
      "What carries rollouts out. `filesystem` writes the values of a Helm release, and the DAG files, below the data folder.",
  }),
};
