import { RepeatedWarning } from "./repeated-warning";

test("a repeated warning is logged once, and the next line says how many were left out", () => {
  const now = jest.spyOn(performance, "now").mockReturnValue(0);
  const warn = jest.fn();
  const warning = new RepeatedWarning({ warn }, "refused", 1000);
  for (const at of [0, 10, 999, 1000, 1001]) {
    now.mockReturnValue(at);
    warning.report({ address: "a" });
  }
  expect(warn.mock.calls).toEqual([
    [{ address: "a" }, "refused"],
    [{ address: "a", leftOut: 2 }, "refused"],
  ]);
  now.mockRestore();
});
