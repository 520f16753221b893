import { RefusalLog } from "./refusal-log";

const MINUTE = 60_000;

function refusals() {
  const logged: [string, object, string][] = [];
  const to =
    (level: string) =>
    (details: object, text: string): void =>
      void logged.push([level, details, text]);
  const log = new RefusalLog<{ id: string }>({
    name: { many: "Lines" },
    about: ({ id }) => ({ id }),
    logger: { warn: to("warn"), error: to("error") } as never,
  });
  const report = (nowMs: number, reasons: string[], forGood = false): void =>
    log.report(
      reasons.map((reason, n) => ({ line: { id: String(n) }, reason, forGood })),
      nowMs,
    );
  return { logged, report };
}

test("one cause is one log line, whatever differs from document to document", () => {
  const { logged, report } = refusals();
  const reasons = [1, 2, 3].map(
    (n) =>
      `400 document_parsing_exception: [1:${n}] failed to parse field [message] of type [long] in document with id '${n}'`,
  );
  report(0, reasons);
  report(MINUTE, reasons);
  expect(logged).toEqual([["warn", { id: "0", reason: reasons[0] }, expect.stringContaining("set aside")]]);
});

test("another cause, a final refusal, and the same cause an hour later are reported", () => {
  const { logged, report } = refusals();
  report(0, ["400 a: the limit of fields", "400 a: a clashing mapping"]);
  report(MINUTE, ["400 a: the limit of fields"], true);
  report(60 * MINUTE, ["400 a: the limit of fields"]);
  expect(logged.map(([level]) => level)).toEqual(["warn", "warn", "error", "warn"]);
});
