import { pushesIn } from "./registry-notification";

const event = (changes: object = {}): object => ({
  id: "event-1",
  action: "push",
  target: {
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    repository: "release-1/airflow",
    tag: "deploy-1",
    digest: `sha256:${"a".repeat(64)}`,
  },
  request: { id: "request-1", addr: "192.0.2.1:4711" },
  actor: { name: "USER:1" },
  ...changes,
});

test("a push is read", () => {
  expect(pushesIn({ events: [event()] })).toEqual([
    {
      eventId: "event-1",
      releaseName: "release-1",
      tag: "deploy-1",
      digest: `sha256:${"a".repeat(64)}`,
      actorName: "USER:1",
      requestId: "request-1",
      address: "192.0.2.1",
    },
  ]);
});

test("texts that tell of a push are cleaned, and the push is not lost", () => {
  const told = event({ request: { id: "a\n\x1b[1A\u202eb", addr: "192.0.2.1\0:4711" }, actor: { name: "USER:1\n" } });
  expect(pushesIn({ events: [told] })).toMatchObject([
    { requestId: "a [1Ab", address: "192.0.2.1", actorName: "USER:1" },
  ]);
});

test.each([
  ["an id of which nothing is shown", { id: "\u200b" }],
  ["a text that is too long", { request: { id: "x".repeat(301) } }],
])("an event with %s is left out", (_name, changes) => {
  expect(pushesIn({ events: [event(changes)] })).toEqual([]);
});
