import { parseCronItem } from "graphile-worker";
import { lastDue } from "./job-schedule";

const items = [
  parseCronItem({ task: "each minute", match: "* * * * *" }),
  parseCronItem({ task: "at night", match: "11 23 * * *" }),
];

test.each([
  { from: "2026-03-01T23:10:00Z", to: "2026-03-01T23:10:00Z", due: { "each minute": "2026-03-01T23:10:00.000Z" } },
  {
    from: "2026-03-01T23:11:00Z",
    to: "2026-03-01T23:11:00Z",
    due: { "each minute": "2026-03-01T23:11:00.000Z", "at night": "2026-03-01T23:11:00.000Z" },
  },
  // The database was unreachable for an hour: each task is due once.
  {
    from: "2026-03-01T23:05:00Z",
    to: "2026-03-02T00:05:00Z",
    due: { "each minute": "2026-03-02T00:05:00.000Z", "at night": "2026-03-01T23:11:00.000Z" },
  },
  { from: "2026-03-01T23:11:00Z", to: "2026-03-01T23:10:00Z", due: {} },
])("from $from to $to", ({ from, to, due }) => {
  const found = lastDue(items, Date.parse(from), Date.parse(to));
  expect(Object.fromEntries([...found].map(([task, at]) => [task, at.toISOString()]))).toEqual(due);
});
