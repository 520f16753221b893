import type { AuditEntry } from "../../../kernel/audit-entry";
import { BoundedRefusals, MAX_REFUSALS_PER_MINUTE } from "./bounded-refusals";

const entryOf = (actorId: string, permission = "p"): AuditEntry => ({
  actor: { id: actorId, type: "USER", label: actorId, grants: [], request: { id: "r", address: "192.0.2.1" } },
  action: "system.refuse_call",
  object: { type: "system", id: null, label: null },
  details: { permission },
});

function trail() {
  const written: AuditEntry[] = [];
  const clock = { nowMs: 1_000_000 };
  const refusals = new BoundedRefusals({
    unitOfWork: { run: (work) => work({ audit: { add: async (entry) => void written.push(entry) } }) },
    nowMs: () => clock.nowMs,
    failed: (error) => {
      throw error;
    },
  });
  return { written, clock, refusals };
}

test("the same refusal leaves one line in ten minutes, and another one its own", () => {
  const { written, clock, refusals } = trail();
  for (let one = 0; one < 5; one++) refusals.note(entryOf("ada"));
  refusals.note(entryOf("ada", "q"));
  refusals.note(entryOf("grace"));
  expect(written).toHaveLength(3);
  clock.nowMs += 600_001;
  refusals.note(entryOf("ada"));
  expect(written).toHaveLength(4);
});

test("a flood of different refusals leaves a bounded number of lines a minute", () => {
  const { written, clock, refusals } = trail();
  for (let one = 0; one < 1_000; one++) refusals.note(entryOf(`user ${one}`));
  expect(written).toHaveLength(MAX_REFUSALS_PER_MINUTE);
  clock.nowMs += 60_000;
  refusals.note(entryOf("another"));
  expect(written).toHaveLength(MAX_REFUSALS_PER_MINUTE + 1);
});
