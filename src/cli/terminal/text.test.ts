import { durationMs, instant, oneLine, printable, table } from "./text";

test("columns are aligned, cut, and empty where there is nothing", () => {
  const rows = [
    { name: "a", text: "short" },
    { name: "much longer", text: null },
    { name: "b", text: "0123456789" },
  ];
  const columns = [
    { title: "NAME", value: ({ name }: (typeof rows)[number]) => name },
    { title: "TEXT", value: ({ text }: (typeof rows)[number]) => text, max: 6 },
  ];
  expect(table(rows, columns)).toBe("NAME         TEXT\na            short\nmuch longer  –\nb            01234…\n");
  expect(table([], columns)).toBe("NAME  TEXT\n");
});

test("text of others cannot steer the terminal", () => {
  expect(oneLine("\u001b[2Jgone\u0007\r\nnext\tcell\u009b31m\u202eback")).toBe("[2Jgone next cell31mback");
  expect(printable("one\r\ntwo\u001b]0;title\u0007")).toBe("one\ntwo]0;title");
});

test.each([
  ["90s", 90_000],
  ["30m", 1_800_000],
  ["2h", 7_200_000],
  ["7d", 604_800_000],
  ["5", null],
  ["-5m", null],
  ["5 m", null],
  ["1e3s", null],
  ["9999999s", null],
])("%s is %p ms", (text, ms) => expect(durationMs(text)).toBe(ms));

test("instants are shown to the second", () => {
  expect(instant("2026-03-01T12:00:00.123Z")).toBe("2026-03-01 12:00:00Z");
  expect(instant(null)).toBeNull();
});
