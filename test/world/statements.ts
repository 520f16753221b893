import { PreparedClient } from "../../src/infrastructure/postgres/prepared-client";

/** The texts of all statements that are sent to the database meanwhile, by whichever way. */
export async function statementsDuring(work: () => Promise<unknown>): Promise<string[]> {
  const spy = jest.spyOn(PreparedClient.prototype as unknown as { query: (text: unknown) => unknown }, "query");
  try {
    await work();
    return spy.mock.calls.map(([text]) => (typeof text === "string" ? text : (text as { text: string }).text));
  } finally {
    spy.mockRestore();
  }
}
