import {
  auditFilterOf,
  filterOf,
  parseSearch,
  readAuditSearch,
  readHistorySearch,
  safeReturn,
  stringifySearch,
  withoutFilters,
} from "./search";

const ID = "01a221d9-ca32-7cab-9d14-a0e044d1eb10";
const NOW = Date.parse("2026-11-28T03:00:00.000Z");

test("an address and back is the same", () => {
  const address = `?q=dbt+1.8&status=FAILED,DEPLOYED&type=DAG_ONLY&who=${ID}&rollbacks=only&plan=${ID}`;
  const search = readHistorySearch(parseSearch(address));
  expect(stringifySearch(search)).toBe(address);
  expect(filterOf(search, NOW)).toEqual({
    search: "dbt 1.8",
    statuses: ["DEPLOYED", "FAILED"],
    types: ["DAG_ONLY"],
    createdById: ID,
    rollbacksOnly: true,
  });
  expect(withoutFilters(search)).toEqual({ plan: ID });
});

test("a plan is for an id, a number or the last known good", () => {
  for (const plan of [ID, "9", "last-known-good"])
    expect(readHistorySearch({ plan, undo: ID })).toEqual({ plan, undo: ID });
  for (const plan of ["0", "-1", "1.5", "9999999999", "good"])
    expect(readHistorySearch({ plan, undo: "9" })).toEqual({});
});

test("text that looks like a number or like JSON stays text", () => {
  for (const q of ["12", "true", '{"a":1}', "a&b=c", "ä/ö"])
    expect(readHistorySearch(parseSearch(stringifySearch({ q })))).toEqual({ q });
});

test("what is unknown or malformed is left out", () => {
  expect(
    readHistorySearch({
      status: "GONE",
      type: "",
      who: "ada",
      plan: "x",
      since: "5y",
      from: "2026-13-40",
      to: "yesterday",
      rollbacks: "yes",
      else: "x",
    }),
  ).toEqual({});
  expect(readHistorySearch({ status: "GONE,FAILED", q: 7 })).toEqual({ status: "GONE,FAILED" });
  expect(filterOf({ status: "GONE,FAILED" }, NOW)).toEqual({ statuses: ["FAILED"] });
});

test("no filter is null, and what is open is no filter", () => {
  expect(filterOf({ plan: ID, open: ID, run: ID }, NOW)).toBeNull();
});

test("a range ends now; days include both ends, in the viewer's zone", () => {
  expect(filterOf({ since: "24h" }, NOW)).toEqual({ createdAfter: "2026-11-27T03:00:00.000Z" });
  expect(filterOf({ from: "2026-11-07", to: "2026-11-07" }, NOW)).toEqual({
    createdAfter: new Date(2026, 10, 7).toISOString(),
    createdBefore: new Date(2026, 10, 8).toISOString(),
  });
});

test.each([
  ["/deployments/a/history?q=x", "/deployments/a/history?q=x"],
  [undefined, "/"],
  ["https://elsewhere.example", "/"],
  ["//elsewhere.example", "/"],
  ["/\\elsewhere.example", "/"],
  ["/sign-in?to=/sign-in", "/"],
])("after a sign-in %s leads to %s", (to, path) => {
  expect(safeReturn(to)).toBe(path);
});

test("the filters of the audit trail", () => {
  expect(readAuditSearch({ action: "workspace", from: "2026-11-07", to: "never", else: "x" })).toEqual({
    action: "workspace",
    from: "2026-11-07",
  });
  const filter = auditFilterOf({ action: "workspace", to: "2026-11-07" });
  expect(filter).toEqual({ action: "workspace", createdBefore: new Date(2026, 10, 8).toISOString() });
});
