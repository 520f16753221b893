import { DEPLOY_ROLLBACK, indexName, storable, toDocument, type LogLine } from "./log-line";

const line: LogLine = {
  id: "01931d3e-0000-7000-8000-000000000001",
  deploymentId: "01931d3e-0000-7000-8000-0000000000d1",
  workspaceId: "01931d3e-0000-7000-8000-0000000000e1",
  releaseName: "quasaric-sun-9051",
  component: DEPLOY_ROLLBACK,
  message: "Rolled back to #3",
  fields: { event: "rollback.accepted", component: "impostor", "@timestamp": "never" },
  createdAt: "2024-11-11T23:59:59.999Z",
};

test("a document has the collectors' names, and our own fields where they clash with none", () => {
  expect(toDocument(line)).toEqual({
    "@timestamp": "2024-11-11T23:59:59.999Z",
    date_nano: "2024-11-11T23:59:59.999Z",
    component: "deploy-rollback",
    workspace: line.workspaceId,
    release: "quasaric-sun-9051",
    message: "Rolled back to #3",
    retrograde: { lineId: line.id, deploymentId: line.deploymentId, fields: line.fields },
  });
});

test.each([
  ["2024-11-11T23:59:59.999Z", "fluentd.quasaric-sun-9051.2024.11.11"],
  ["2024-11-12T00:00:00.000Z", "fluentd.quasaric-sun-9051.2024.11.12"],
])("a line of %s goes to %s", (createdAt, index) => {
  expect(indexName("fluentd", { ...line, createdAt })).toBe(index);
});

test.each([
  ["plain ✓ and 🚀", "plain ✓ and 🚀"],
  ["a\0b", "a\u{FFFD}b"],
  ["cut \ud83d", "cut \u{FFFD}"],
])("%j is stored as %j", (text, stored) => {
  expect(storable(text)).toBe(stored);
});
