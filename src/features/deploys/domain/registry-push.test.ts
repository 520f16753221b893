import { buildRevision } from "../../../../test/builders/domain";
import { DEPLOY_TRIGGERS } from "./deploy-revision";
import { isDeployable, isOverruled } from "./registry-push";

test.each([
  ["deploy-1", true],
  ["latest", false],
  ["", false],
])("the tag %p", (tag, deployable) => {
  expect(isDeployable(tag)).toBe(deployable);
});

describe("a push is overruled by what came after it", () => {
  const receivedAt = "2026-11-23T10:00:00.000Z";
  const later = "2026-11-23T10:00:00.001Z";

  test.each(
    DEPLOY_TRIGGERS.map((trigger) => [trigger, ["IMAGE_ENDPOINT", "UPSERT", "ROLLBACK"].includes(trigger)] as const),
  )("%s: %p", (trigger, overruled) => {
    expect(isOverruled({ receivedAt }, buildRevision({ trigger, createdAt: later }))).toBe(overruled);
    expect(isOverruled({ receivedAt }, buildRevision({ trigger, createdAt: receivedAt }))).toBe(false);
  });

  test("nothing came before the first deploy", () => expect(isOverruled({ receivedAt }, null)).toBe(false));
});
