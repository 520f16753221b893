import { stopTogether } from "./stop-together";

test("goes on when something fails, throws at once or never stops", async () => {
  const lines: string[] = [];
  const stopped: string[] = [];
  const log = { warn: (_fields: object, message: string) => void lines.push(message) };
  await stopTogether(log as never, [
    {
      name: "what throws",
      withinMs: 10_000,
      stop: () => {
        throw new Error("at once");
      },
    },
    { name: "what fails", withinMs: 10_000, stop: () => Promise.reject(new Error("later")) },
    { name: "what hangs", withinMs: 20, stop: () => new Promise(() => undefined) },
    { name: "what is not there", withinMs: 10_000, stop: () => undefined },
    { name: "what stops", withinMs: 10_000, stop: async () => void stopped.push("it") },
  ]);
  expect(stopped).toEqual(["it"]);
  expect(lines).toEqual(["what throws", "what fails", "what hangs"].map((name) => `${name} did not stop in order`));
});
