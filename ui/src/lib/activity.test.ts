import { activityOf, dayOf, lastDays, rangeOf } from "./activity";

const NOW = new Date(2026, 10, 28, 3, 12).getTime();
const DAYS = lastDays(3, NOW);
const at = (day: number, hour = 12): string => new Date(2026, 10, day, hour).toISOString();

test("the last days end today, over the end of a month", () => {
  expect(DAYS).toEqual(["2026-11-26", "2026-11-27", "2026-11-28"]);
  expect(lastDays(30, NOW)[0]).toBe("2026-10-30");
  expect(dayOf(new Date(2026, 0, 5))).toBe("2026-01-05");
});

test("deploys are counted by day; what is older or was superseded is not", () => {
  const lines = [
    { createdAt: at(28, 1), status: "DEPLOYED", isRollback: true },
    { createdAt: at(27, 0), status: "FAILED", isRollback: true },
    { createdAt: at(27, 23), status: "DEPLOYED", isRollback: false },
    { createdAt: at(27), status: "SUPERSEDED", isRollback: false },
    { createdAt: at(2), status: "DEPLOYED", isRollback: false },
  ] as const;
  expect(activityOf(DAYS, lines)).toEqual([
    { day: "2026-11-26", deployed: 0, failed: 0, rollbacks: 0 },
    { day: "2026-11-27", deployed: 1, failed: 1, rollbacks: 0 },
    { day: "2026-11-28", deployed: 0, failed: 0, rollbacks: 1 },
  ]);
});

test.each([
  [{}, [0, 3]],
  [{ from: "2026-11-27" }, [1, 3]],
  [{ from: "2026-11-27", to: "2026-11-27" }, [1, 2]],
  [{ to: "2026-11-26" }, [0, 1]],
  [{ from: "2026-01-01", to: "2027-01-01" }, [0, 3]],
  [{ from: "2027-01-01" }, [2, 3]],
  [{ to: "2026-01-01" }, [0, 1]],
  [{ sinceMs: 36 * 3_600_000 }, [1, 3]],
  [{ sinceMs: 90 * 86_400_000 }, [0, 3]],
])("%j is the days %j", (range, expected) => {
  expect(rangeOf(DAYS, range)).toEqual(expected);
});
