import { Client } from "pg";
import { loggable } from "./loggable";

test.each<[string, unknown, unknown]>([
  ["text", "x", "x"],
  ["a plain object", { a: [1, { b: null }] }, { a: [1, { b: null }] }],
  ["a date", new Date(0), new Date(0)],
  ["an object of a class", { client: new Client({ password: "hunter2" }) }, { client: "[Client]" }],
  ["a function", { run: () => 1 }, { run: "[function]" }],
  [
    "an error with more than it should show",
    { error: Object.assign(new TypeError("no"), { parameters: ["hunter2"] }) },
    { error: { type: "TypeError", message: "no", stack: expect.any(String) } },
  ],
  ["what is nested too deeply", { a: { b: { c: { d: { e: 1 } } } } }, { a: { b: { c: { d: "[…]" } } } }],
])("%s", (_, value, shown) => {
  expect(loggable(value)).toEqual(shown);
});
