import { loadConfig, type LoadedConfig } from "./load-config";
import { DatabaseUnreachable, explainStartError } from "./start-problem";

const configured = (env: Record<string, string>): LoadedConfig =>
  loadConfig({ valuesFiles: [], env, cwd: "/srv/retrograde" });
const systemError = (facts: Partial<NodeJS.ErrnoException & { hostname: string }>): Error =>
  Object.assign(new Error("raw"), facts);

test.each<[string, Record<string, string>, Error, RegExp]>([
  [
    "a certificate",
    { JWT__CERT_PATH: "/nope" },
    systemError({ code: "ENOENT", syscall: "stat", path: "/nope" }),
    /^\/nope does not exist: it comes from JWT__CERT_PATH$/,
  ],
  [
    "a file in a folder",
    { JWT__CERT_PATH: "/certs" },
    systemError({ code: "EACCES", path: "/certs/tls.key" }),
    /^\/certs\/tls.key may not be read or written by this user: it comes from JWT__CERT_PATH$/,
  ],
  [
    "the longest path",
    { DATA_DIR: "/data", ELASTICSEARCH_URL: "http://localhost:9200", ELASTICSEARCH__CLIENT__CA_FILE: "/data/ca.pem" },
    systemError({ code: "ENOENT", path: "/data/ca.pem" }),
    /ELASTICSEARCH__CLIENT__CA_FILE$/,
  ],
  [
    "a data folder that is not given",
    {},
    systemError({ code: "EACCES", syscall: "mkdir", path: "/srv/retrograde/data" }),
    /^\/srv\/retrograde\/data may not .*: it comes from DATA_DIR$/,
  ],
  [
    "a file above the data folder",
    { DATA_DIR: "/srv/file/data" },
    systemError({ code: "ENOTDIR", syscall: "mkdir", path: "/srv/file/data" }),
    /is below something that is not a folder: it comes from DATA_DIR$/,
  ],
  [
    "a parent that is not writable",
    { DATA_DIR: "/srv/data" },
    systemError({ code: "EACCES", syscall: "mkdir", path: "/srv" }),
    /DATA_DIR$/,
  ],
  [
    "a full disk",
    { DATA_DIR: "/data" },
    systemError({ code: "ENOSPC", path: "/data/secret-key" }),
    /without free space: it comes from DATA_DIR$/,
  ],
  [
    "a host",
    { HOST: "not-a-host" },
    systemError({ code: "ENOTFOUND", syscall: "getaddrinfo", hostname: "not-a-host" }),
    /^The address to listen on, not-a-host, is not known: change HOST$/,
  ],
  [
    "an address of another machine",
    { HOST: "203.0.113.1" },
    systemError({ code: "EADDRNOTAVAIL", syscall: "listen" }),
    /does not have the address 203.0.113.1: change HOST$/,
  ],
  [
    "a port below 1024",
    { PORT: "80" },
    systemError({ code: "EACCES", syscall: "listen" }),
    /may not listen on port 80; choose one from 1024 up with PORT$/,
  ],
  [
    "a port in use",
    { WEBSERVER__PORT: "8080" },
    systemError({ code: "EADDRINUSE", syscall: "listen" }),
    /^Port 8080 is taken; choose another with WEBSERVER__PORT$/,
  ],
  [
    "the database",
    { DATABASE_URL: "postgres://localhost/x" },
    new DatabaseUnreachable("The database localhost/x cannot be reached: no"),
    /: no. Its address comes from DATABASE_URL$/,
  ],
])("an error of %s names the setting", (_, env, error, expected) => {
  const explained = explainStartError(error, configured(env));
  expect(explained).toBeInstanceOf(Error);
  expect((explained as Error).message).toMatch(expected);
  expect((explained as Error).cause).toBe(error);
});

test.each([
  systemError({ code: "ENOENT", path: "/etc/elsewhere" }),
  systemError({ code: "ECONNREFUSED", syscall: "connect" }),
  new Error("something else"),
  "a text",
])("%s stays as it is", (error) => {
  expect(explainStartError(error, configured({ DATA_DIR: "/data" }))).toBe(error);
});
