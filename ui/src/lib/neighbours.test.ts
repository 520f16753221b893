import type { LineFragment } from "../gql";
import { contextsOf } from "./neighbours";

function line(number: number, overrides: Partial<LineFragment> = {}): LineFragment {
  return {
    id: String(number),
    number,
    status: "DEPLOYED",
    isRollback: false,
    rollbackFrom: null,
    runtimeVersion: "11.4.0",
    airflowVersion: "2.9.1",
    finishedAt: `2026-11-${String(number).padStart(2, "0")}T00:00:00.000Z`,
    ...overrides,
  } as LineFragment;
}

test("a line ran until the next one that was rolled out", () => {
  const contexts = contextsOf([line(9), line(8, { status: "FAILED" }), line(7)]);
  expect(contexts.get("9")?.ranMs).toBeNull();
  expect(contexts.get("8")?.ranMs).toBeNull();
  expect(contexts.get("7")?.ranMs).toBe(2 * 86_400_000);
});

test("a rollback leaves behind what ran since its target, and nothing else", () => {
  const contexts = contextsOf([
    line(10),
    line(9, { isRollback: true, rollbackFrom: { id: "6", number: 6 } }),
    line(8, { status: "FAILED" }),
    line(7),
    line(6),
  ]);
  expect(["10", "9", "8", "7", "6"].map((id) => contexts.get(id)?.leftBehindBy)).toEqual([null, null, null, 9, null]);
});

test("changed versions are told against what ran before, but not for rollbacks", () => {
  const newer = { runtimeVersion: "11.5.0", airflowVersion: "2.9.2" };
  const contexts = contextsOf([line(9, { isRollback: true }), line(8, newer), line(7, { status: "FAILED" }), line(6)]);
  expect(contexts.get("9")?.changes).toEqual([]);
  expect(contexts.get("8")?.changes).toEqual([
    { what: "Runtime", from: "11.4.0", to: "11.5.0" },
    { what: "Airflow", from: "2.9.1", to: "2.9.2" },
  ]);
  // What came before the last loaded line is not known.
  expect(contexts.get("6")?.changes).toEqual([]);
});
