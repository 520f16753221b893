import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "./load-config";
import { describeConfig } from "./print-config";
import { redactUrl } from "./redact";
import { allSettings } from "./settings";

const cwd = mkdtempSync(join(tmpdir(), "config-"));
afterAll(() => rmSync(cwd, { recursive: true }));

/** Shortens runs of spaces, which are only for alignment. */
function describeLines(env: Record<string, string>, values = ""): string[] {
  writeFileSync(join(cwd, "values.yaml"), values);
  const printed = describeConfig(loadConfig({ valuesFiles: ["values.yaml"], env, cwd }));
  return printed.split("\n").map((line) => line.replace(/ {2,}/g, " "));
}

test("tells every setting, in columns", () => {
  const lines = describeConfig(loadConfig({ valuesFiles: [], env: {}, cwd })).split("\n");
  expect(lines).toHaveLength(allSettings.length);
  expect(new Set(lines.map((line) => line.indexOf(" = "))).size).toBe(1);
});

test("tells where each value comes from", () => {
  const lines = describeLines({ PORT: "9000" }, "global: { deployRollbackEnabled: true, dagOnlyDeployment: true }");
  expect(lines).toEqual(
    expect.arrayContaining([
      "server.port = 9000 environment: PORT",
      "server.allowedOrigins = [] default",
      "database.url = (not set) default",
      "secrets.encryptionKeys = (not set) default",
      "deployments.upsertDeployment = true embedded default",
      "deployments.rollback.enabled = true values.yaml: global.deployRollbackEnabled",
      "deployments.dagOnlyDeployment = true values.yaml: global.dagOnlyDeployment",
    ]),
  );
});

test("hides secrets", () => {
  const printed = describeLines({
    DATABASE_URL: "postgres://app:hunter2@db.example.com:5433/retrograde",
    ELASTICSEARCH_URL: "https://elastic:hunter2@es.example.com",
    ELASTICSEARCH__CLIENT__AUTH__API_KEY: "hunter2",
  }).join("\n");
  expect(printed).not.toContain("hunter2");
  expect(printed).toContain(
    "database.url = postgres://app:***@db.example.com:5433/retrograde environment: DATABASE_URL",
  );
  expect(printed).toContain("elasticsearch.apiKey = *** environment: ELASTICSEARCH__CLIENT__AUTH__API_KEY");
});

test.each([
  ["postgres://db/x", "postgres://db/x"],
  ["postgres://app@db/x?sslmode=require", "postgres://app@db/x?sslmode=require"],
  ["postgres://db/x?user=app&password=hunter2", "postgres://db/x?user=app&password=***"],
  ["releases.json", "releases.json"],
])("redactUrl(%s)", (text, expected) => {
  expect(redactUrl(text)).toBe(expected);
});
