import { randomUUID } from "node:crypto";
import type { LogQuery, LogSearch, NewLogLine } from "../../src/features/logs";
import { newLine } from "./lines";

export interface SearchableLogs {
  readonly search: LogSearch;
  /** Stores the lines in this order and makes them searchable. */
  store(lines: readonly NewLogLine[]): Promise<void>;
}

/** What the logs answer wherever they are kept. */
export function describeLogSearch(open: () => SearchableLogs): void {
  const deploymentId = randomUUID();
  const workspaceId = randomUUID();
  const deployment = { deploymentId, workspaceId, deploymentCreatedAt: "2024-11-11T00:00:00.000Z" };
  const releaseName = `release-${deploymentId}`;
  const at = (time: string, message: string, component = "scheduler"): NewLogLine =>
    newLine({ deploymentId, workspaceId, releaseName, createdAt: `2024-11-${time}.000Z`, message, component });

  const messagesOf = async (query: Partial<LogQuery>): Promise<string[]> => {
    const found = await open().search.search({ releaseName, ...deployment, limit: 100, ...query });
    return found.map(({ message }) => message);
  };

  beforeAll(async () => {
    await open().store([
      at("11T09:00:00", "Rolled back to revision seven", "deploy-rollback"),
      at("12T10:00:00", "second of the same instant"),
      at("12T10:00:00", "third of the same instant"),
      at("13T08:00:00", "reached 50% of max_active_runs"),
      at("11T12:00:00", "stored late, written early"),
      at("13T09:00:00", "C:\\dags\\rollback.py, an error*"),
    ]);
  });

  test("everything, oldest first, in the order written where the instant is the same", async () => {
    expect(await messagesOf({})).toEqual([
      "Rolled back to revision seven",
      "stored late, written early",
      "second of the same instant",
      "third of the same instant",
      "reached 50% of max_active_runs",
      "C:\\dags\\rollback.py, an error*",
    ]);
  });

  test("a limit keeps the newest, also between lines of one instant", async () => {
    expect(await messagesOf({ limit: 3 })).toEqual([
      "third of the same instant",
      "reached 50% of max_active_runs",
      "C:\\dags\\rollback.py, an error*",
    ]);
  });

  test("entries have an id of their own and the instant as RFC 3339", async () => {
    const found = await open().search.search({ releaseName, ...deployment, limit: 100 });
    expect(new Set(found.map(({ id }) => id)).size).toBe(6);
    expect(found[0]?.timestamp).toBe("2024-11-11T09:00:00.000Z");
  });

  test.each<[string, Partial<LogQuery>, string[]]>([
    ["a component", { component: "deploy-rollback" }, ["Rolled back to revision seven"]],
    ["a component that is part of another's name", { component: "rollback" }, []],
    [
      "a time, itself included",
      { since: "2024-11-13T08:00:00.000Z" },
      ["reached 50% of max_active_runs", "C:\\dags\\rollback.py, an error*"],
    ],
    ["words in either case", { text: "ROLLED back" }, ["Rolled back to revision seven"]],
    ["words in another order", { text: "back rolled" }, []],
    ["the beginning of a last word", { text: "back to rev" }, ["Rolled back to revision seven"]],
    ["a percent sign that is no wildcard", { text: "reached%of" }, []],
    ["a percent sign", { text: "50% of" }, ["reached 50% of max_active_runs"]],
    ["an underscore", { text: "max_active" }, ["reached 50% of max_active_runs"]],
    ["an underscore that is no wildcard", { text: "max_activ__runs" }, []],
    ["an asterisk that is no wildcard", { text: "roll* back" }, []],
    ["a backslash", { text: "dags\\rollback" }, ["C:\\dags\\rollback.py, an error*"]],
    ["an unclosed quotation mark", { text: '"nothing' }, []],
    [
      "all at once",
      { component: "scheduler", since: "2024-11-12T00:00:00.000Z", text: "third" },
      ["third of the same instant"],
    ],
  ])("filtered by %s", async (_what, query, expected) => {
    expect(await messagesOf(query)).toEqual(expected);
  });

  test("lines of an earlier Deployment with the same release name are not shown", async () => {
    const earlier = newLine({ releaseName, message: "mine, of another Deployment" });
    await open().store([earlier]);
    expect(await messagesOf({ text: "mine" })).toEqual([]);
    expect(await messagesOf({ text: "mine", deploymentId: earlier.deploymentId })).toEqual([earlier.message]);
  });

  test.each([
    ["part of its letter", "Caf\u00e9 closed"],
    ["behind it", "Cafe\u0301 closed"],
  ])("an accent is found in both forms where it is %s", async (_where, message) => {
    const stored = newLine({ releaseName: `release-${randomUUID()}`, message });
    await open().store([stored]);
    const { releaseName: name, deploymentId: id } = stored;
    for (const text of ["caf\u00e9", "cafe\u0301"])
      expect(await messagesOf({ releaseName: name, deploymentId: id, text })).toEqual([message]);
    expect(await messagesOf({ releaseName: name, deploymentId: id, text: "cafeteria" })).toEqual([]);
  });

  test("a Deployment that has not logged has an empty log", async () => {
    expect(await messagesOf({ releaseName: "nobody", deploymentId: randomUUID() })).toEqual([]);
  });
}
