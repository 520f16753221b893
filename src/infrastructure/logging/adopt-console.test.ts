import { Client } from "pg";
import { pino } from "pino";
import { adoptConsole } from "./adopt-console";

test("console and warnings are written to the log, without what objects hold", async () => {
  const text: string[] = [];
  const undo = adoptConsole(pino({ level: "debug" }, { write: (line: string) => void text.push(line) }));
  try {
    console.trace("worker", 7, new Client({ password: "hunter2" }));
    console.log("plain");
    // Jest gives tests a `process` object of their own, on which Node reports no warnings.
    process.emit("warning", Object.assign(new Error("old runtime"), { name: "DeprecationWarning" }));
  } finally {
    undo();
  }
  expect(text.map((line) => JSON.parse(line) as object)).toMatchObject([
    { level: 40, source: "console", msg: "worker 7", details: ["[Client]"] },
    { level: 30, source: "console", msg: "plain" },
    { level: 40, source: "console", type: "DeprecationWarning", msg: "old runtime" },
  ]);
  expect(text.join("")).not.toContain("hunter2");
});
