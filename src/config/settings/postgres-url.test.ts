import { postgresUrl } from "./postgres-url";

const problemOf = (url: string): string | null =>
  postgresUrl.schema.safeParse(url).success ? null : (postgresUrl.hint?.(url) ?? "refused without a hint");

test.each([
  "postgres://db.example.com/retrograde",
  "postgresql://houston:p%40ss%3Aw%2Frd%23%3F%25@db.example.com:5432/houston?sslmode=require",
  "postgres://houston@[::1]:5432/houston",
])("%s is taken", (url) => {
  expect(problemOf(url)).toBeNull();
});

test.each([
  "postgres://houston:p@ss:w/rd#?%&@db.example.com:5432/houston",
  "postgres://houston:pa#ss@db.example.com/houston",
  "postgres://houston:pa?ss@db.example.com/houston",
  "postgres://houston:pa/ss@db.example.com/houston",
  "postgres://houston:pa%ss@db.example.com/houston",
])("%s has to be percent-encoded, which is said without the password", (url) => {
  expect(problemOf(url)).toMatch(/percent-encoded/);
  expect(problemOf(url)).not.toContain("houston");
});

test.each([
  "postgres://houston:secret@one,two/houston",
  "postgres://houston:secret@one:5432,two:5433/houston?target_session_attrs=read-write",
])("%s names several hosts", (url) => expect(problemOf(url)).toMatch(/several hosts/));
