import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { migrations } from "../../../migrations";
import { blockingStatements } from "../../world/blocking-statements";

const FOLDER = join(__dirname, "..", "..", "..", "migrations");

/** Merged before the rule, and therefore never edited. */
const EXEMPT = new Set([
  "1764000000000-deploy-history.ts",
  "1764100000000-dag-bundles.ts",
  "1764200000000-audit-trail.ts",
  "1764300000000-teams.ts",
  "1764400000000-people-and-teams.ts",
  "1764600000000-namespaces.ts",
  "1764900000000-identities.ts",
  "1765000000000-signing-keys-by-purpose.ts",
  "1765100000000-registry-pushes.ts",
  "1765200000000-audit-indexes.ts",
  "1765300000000-audit-export.ts",
]);

const files = readdirSync(FOLDER).filter((name) => /^\d+-.*\.ts$/.test(name));
const sourceOf = (name: string): string => readFileSync(join(FOLDER, name), "utf8");

test("every migration in the folder is in the list", () => {
  expect(files).toHaveLength(migrations.length);
});

test("no migration since then keeps readers or writers of a table waiting while it works through the table", () => {
  const found = files.filter((name) => !EXEMPT.has(name)).map((name) => [name, blockingStatements(sourceOf(name))]);
  expect(found.filter(([, statements]) => statements?.length !== 0)).toEqual([]);
});

test.each([
  [
    "1764100000000-dag-bundles.ts",
    [/index deploy_revision_bundle on deploy_revision/, /deploy_revision: ADD CONSTRAINT .* FOREIGN KEY/],
  ],
  ["1765200000000-audit-indexes.ts", Array(4).fill(/index audit_line_\w+ on audit_line/)],
  [
    "1765300000000-audit-export.ts",
    [/index audit_line_waiting/, /audit_line: ADD CONSTRAINT audit_line_export_state_check CHECK/],
  ],
])("the rule would have found %s", (name, expected) => {
  const found = blockingStatements(sourceOf(name));
  expect(found).toHaveLength(expected.length);
  for (const pattern of expected as RegExp[]) expect(found).toContainEqual(expect.stringMatching(pattern));
});

const migration = (up: string, extra = ""): string =>
  `class X { ${extra} async up(queryRunner) { ${up} } async down(queryRunner) { } }`;
const sql = (text: string): string => migration(`await queryRunner.query(\`${text}\`);`);

test.each([
  sql(
    "CREATE TABLE fresh (id uuid CONSTRAINT fresh_pkey PRIMARY KEY, x text CHECK (x <> '')); CREATE INDEX fresh_x ON fresh (x); ALTER TABLE fresh ADD CONSTRAINT y CHECK (x IN ('a', 'b'))",
  ),
  sql(
    "ALTER TABLE audit_line ADD COLUMN one text, ADD COLUMN two text NOT NULL DEFAULT 'a, b', ADD COLUMN three timestamptz NOT NULL DEFAULT now()",
  ),
  sql("ALTER TABLE audit_line ADD CONSTRAINT c CHECK (one IN ('a', 'b')) NOT VALID"),
  sql("ALTER TABLE audit_line ADD CONSTRAINT c UNIQUE USING INDEX i"),
  sql("ALTER TABLE signing_key ADD CONSTRAINT c UNIQUE (purpose)"),
  migration(`await queryRunner.query("ALTER TABLE audit_line ADD COLUMN one text");`),
  migration(`await createIndex(queryRunner, "i", "audit_line (one)");`, "readonly transaction = false;"),
])("%s passes", (source) => {
  expect(blockingStatements(source)).toEqual([]);
});

test.each([
  sql("CREATE INDEX i ON audit_line (one)"),
  sql("create unique index i on audit_line (one)"),
  sql("ALTER TABLE audit_line ADD COLUMN one text, ADD CONSTRAINT c CHECK (one IN ('a', 'b'))"),
  sql("ALTER TABLE audit_line ADD COLUMN one uuid REFERENCES deployment"),
  sql("ALTER TABLE audit_line ADD COLUMN one uuid CONSTRAINT c UNIQUE"),
  sql("ALTER TABLE audit_line ADD COLUMN one uuid NOT NULL DEFAULT gen_random_uuid()"),
  sql("ALTER TABLE audit_line ADD CONSTRAINT c FOREIGN KEY (a, b) REFERENCES d (a, b)"),
  sql("ALTER TABLE audit_line ALTER COLUMN one SET NOT NULL"),
  sql("ALTER TABLE audit_line ALTER COLUMN one TYPE bigint"),
  sql("ALTER TABLE audit_line ADD CONSTRAINT c UNIQUE (one)"),
  migration(`await queryRunner.query("ALTER TABLE audit_line ALTER one SET NOT NULL");`),
  migration(`await createIndex(queryRunner, "i", "audit_line (one)");`),
])("%s is found", (source) => {
  expect(blockingStatements(source)).toHaveLength(1);
});
