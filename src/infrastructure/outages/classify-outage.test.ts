import { NotFound } from "../../kernel/errors";
import { Outage } from "../../kernel/outage";
import { refusalOf } from "./classify-outage";

const coded = (code: string, message = "x"): Error => Object.assign(new Error(message), { code });

test.each([
  [coded("ECONNREFUSED"), "DATABASE_AWAY"],
  [coded("EPIPE"), "DATABASE_AWAY"],
  [new AggregateError([coded("ECONNREFUSED")], ""), "DATABASE_AWAY"],
  [new Error("Connection terminated unexpectedly"), "DATABASE_AWAY"],
  [new Error("wrapped", { cause: coded("57P01") }), "DATABASE_AWAY"],
  [Object.assign(new Error("by TypeORM"), { driverError: coded("08006") }), "DATABASE_AWAY"],
  [coded("53300"), "DATABASE_AWAY"],
  [coded("53100"), "DATABASE_FULL"],
  [coded("57014"), "DATABASE_SLOW"],
  [coded("25P03"), "DATABASE_SLOW"],
  [new Error("timeout exceeded when trying to connect"), "DATABASE_SLOW"],
  [coded("25006"), "DATABASE_READ_ONLY"],
  [coded("55P03"), "LOCKED"],
  [coded("40001"), "CONTENDED"],
  [coded("40P01"), "CONTENDED"],
  [coded("ENOSPC"), "DATA_FOLDER_FULL"],
  [coded("EDQUOT"), "DATA_FOLDER_FULL"],
  [coded("EROFS"), "DATA_FOLDER_NOT_WRITABLE"],
  [coded("EACCES"), "DATA_FOLDER_NOT_WRITABLE"],
])("%s is an outage: %s", (error, kind) => {
  const refusal = refusalOf(error);
  expect(refusal).toBeInstanceOf(Outage);
  expect(refusal).toMatchObject({
    kind,
    code: "UNAVAILABLE",
    cause: error,
    details: { retryAfterSeconds: expect.any(Number) },
  });
});

test.each([
  coded("23505"),
  coded("42P01"),
  coded("ENOENT"),
  new TypeError("x is not a function"),
  new NotFound("Deployment"),
  "text",
  null,
])("%s stays as it is", (error) => expect(refusalOf(error)).toBe(error));
