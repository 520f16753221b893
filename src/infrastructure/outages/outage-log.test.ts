import { Unavailable } from "../../kernel/errors";
import { Outage } from "../../kernel/outage";
import { OutageLog } from "./outage-log";

const times = { probeEveryMs: 1, quietMs: 5 };
const recording = () => {
  const lines: (readonly [string, unknown])[] = [];
  return {
    lines,
    log: {
      info: (line: unknown) => void lines.push(["info", line]),
      warn: (line: unknown) => void lines.push(["warn", line]),
    } as never,
  };
};
async function until(holds: () => boolean): Promise<void> {
  for (let left = 10_000; !holds(); left--) {
    if (left === 0) throw new Error("waited in vain");
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

test("an outage is logged once at its start, and at its end with the number of refused requests", async () => {
  const { lines, log } = recording();
  let over = false;
  const outages = new OutageLog(log, { DATABASE_AWAY: async () => over }, times);
  for (let count = 0; count < 5; count++)
    outages.report(new Outage("DATABASE_AWAY", { cause: new Error("refused") }), `r${count}`);
  expect(lines).toEqual([["warn", { outage: "DATABASE_AWAY", reason: "refused", requestId: "r0" }]]);
  over = true;
  await until(() => lines.length === 2);
  expect(lines[1]).toEqual(["info", { outage: "DATABASE_AWAY", refused: 5, outageMs: expect.any(Number) }]);
  outages.report(new Outage("DATABASE_AWAY"), "r6");
  expect(lines).toHaveLength(3);
  outages.stop();
});

test("an outage without a probe ends with the last refusal", async () => {
  const { lines, log } = recording();
  const outages = new OutageLog(log, {}, times);
  outages.report(new Outage("LOCKED"), "r1");
  await until(() => lines.length === 2);
  expect(lines[1]?.[0]).toBe("info");
});

test("what else is unavailable is logged each time", () => {
  const { lines, log } = recording();
  const outages = new OutageLog(log, {}, times);
  for (const id of ["a", "b"]) outages.report(new Unavailable("The registry is away"), id);
  expect(lines.map(([level]) => level)).toEqual(["warn", "warn"]);
});
