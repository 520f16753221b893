import { readable } from "./readable-lines";

const LINE = { level: 30, time: Date.parse("2026-03-01T07:08:09.123Z"), pid: 1, hostname: "here", msg: "ready" };

test.each<[string, object, string]>([
  ["information", {}, "2026-03-01T07:08:09.123Z ready\n"],
  ["what it is about", { port: 80 }, '2026-03-01T07:08:09.123Z ready {"port":80}\n'],
  ["how bad it is", { level: 60 }, "2026-03-01T07:08:09.123Z FATAL ready\n"],
  [
    "an error",
    { level: 50, err: { message: "no", stack: "Error: no\n  at x" } },
    "2026-03-01T07:08:09.123Z ERROR ready\n  Error: no\n    at x\n",
  ],
  [
    "foreign text",
    { msg: "a\n2026-03-01 b\x1b[1A", who: "c\u202e\x9b", err: { message: "no", stack: "Error: d\n2026-03-01 e\x1b" } },
    '2026-03-01T07:08:09.123Z a\\n2026-03-01 b\\x1b[1A {"who":"c\\u{202e}\\x9b"}\n  Error: d\n  2026-03-01 e\\x1b\n',
  ],
  ["a line without a message", { msg: undefined, a: 1 }, '2026-03-01T07:08:09.123Z  {"a":1}\n'],
])("shows %s", (_, more, expected) => {
  expect(readable(`${JSON.stringify({ ...LINE, ...more })}\n`)).toBe(expected);
});
