/** One row, or a handful: reading or rewriting such a table takes no time. */
const SMALL_TABLES = new Set(["signing_key"]);

const NAME = `"?(\\w+)"?`;
const INDEX = new RegExp(
  `\\bCREATE (UNIQUE )?INDEX (?!CONCURRENTLY)(?:IF NOT EXISTS )?${NAME} ON (?:ONLY )?${NAME}`,
  "gi",
);
const ALTER = new RegExp(`\\bALTER TABLE (?:IF EXISTS )?(?:ONLY )?${NAME} ([^;\`]*)`, "gi");

const SCANS: readonly { readonly clause: RegExp; readonly instead: string }[] = [
  { clause: /^ADD CONSTRAINT \w+ (UNIQUE|PRIMARY KEY) USING INDEX/i, instead: "" },
  {
    clause: /^ADD (CONSTRAINT \w+ )?(UNIQUE|PRIMARY KEY|EXCLUDE)/i,
    instead: "createIndex with `unique`, then ADD CONSTRAINT … USING INDEX",
  },
  { clause: /^ADD (CONSTRAINT \w+ )?(CHECK|FOREIGN KEY)(?!.* NOT VALID$)/i, instead: "addConstraint" },
  {
    clause: /^ADD COLUMN .* (REFERENCES|CHECK|UNIQUE|PRIMARY KEY)\b/i,
    instead: "the column alone, then addConstraint or createIndex",
  },
  {
    clause: /^ADD COLUMN .* (random|gen_random_uuid|uuidv7|clock_timestamp|nextval)\(|^ADD COLUMN .* STORED\b/i,
    instead: "a column without a value for each row",
  },
  { clause: /^ALTER (COLUMN )?\w+ (SET DATA )?TYPE\b/i, instead: "a new column" },
  { clause: /^ALTER (COLUMN )?\w+ SET NOT NULL/i, instead: "addConstraint with CHECK (… IS NOT NULL)" },
];

/**
 * What in the `up` of a migration's source keeps readers or writers of an existing table waiting for as long as the
 * table is long: indexes that are not built CONCURRENTLY, constraints that are validated at once, rewrites.
 */
export function blockingStatements(source: string): string[] {
  const up = source.slice(source.indexOf(" up("), source.lastIndexOf(" down(")).replaceAll(/\s+/g, " ");
  const created = new Set(
    [...up.matchAll(new RegExp(`\\bCREATE TABLE (?:IF NOT EXISTS )?${NAME}`, "gi"))].map(([, table]) => table),
  );
  const isBig = (table: string | undefined): boolean =>
    table !== undefined && !created.has(table) && !SMALL_TABLES.has(table);

  const indexes = [...up.matchAll(INDEX)].flatMap(([, , name, table]) =>
    isBig(table) ? [`index ${name} on ${table}: use createIndex`] : [],
  );
  const changes = [...up.matchAll(ALTER)].flatMap(([, table, clauses = ""]) => {
    if (!isBig(table)) return [];
    return topLevelParts(clauses).flatMap((clause) => {
      const instead = SCANS.find((scan) => scan.clause.test(clause))?.instead ?? "";
      return instead === "" ? [] : [`${table}: ${clause}: use ${instead}`];
    });
  });
  const online = /\b(createIndex|dropIndex|addConstraint)\(|CONCURRENTLY/.test(up);
  const own = /\btransaction = false\b/.test(source);
  return [
    ...indexes,
    ...changes,
    ...(online && !own ? ["createIndex, dropIndex and addConstraint need `readonly transaction = false`"] : []),
  ];
}

/** `a (b, c), d` has two parts. */
function topLevelParts(text: string): string[] {
  const parts = [""];
  let depth = 0;
  for (const character of text) {
    if (character === "(") depth += 1;
    if (character === ")") depth -= 1;
    if (character === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += character;
  }
  return parts.map((part) =>
    part
      .replace(/["')]+\s*$/, (end) => (end.includes(")") && depthOf(part) < 0 ? "" : end))
      .trim()
      .replace(/"$/, ""),
  );
}

const depthOf = (text: string): number =>
  [...text].reduce((depth, character) => depth + (character === "(" ? 1 : character === ")" ? -1 : 0), 0);
