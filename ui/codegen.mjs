// Writes src/gql.ts and src/gql-admin.ts, the types of the operations: `npm run codegen -w ui`. With --check it only says whether they are up to date.
import { codegen } from "@graphql-codegen/core";
import * as documentsPlugin from "@graphql-codegen/typed-document-node";
import * as operationsPlugin from "@graphql-codegen/typescript-operations";
import { parse } from "graphql";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const ui = import.meta.dirname;

/** Two files, so that the pages of administrators add nothing to the others. */
const OUTPUTS = [
  { operations: join(ui, "src/operations"), output: join(ui, "src/gql.ts") },
  { operations: join(ui, "src/operations/admin"), output: join(ui, "src/gql-admin.ts") },
];

const documentsIn = (folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".graphql"))
    .sort()
    .map((name) => {
      const location = join(folder, name);
      return { location, document: parse(readFileSync(location, "utf8")) };
    });

const config = {
  documentMode: "string",
  onlyOperationTypes: true,
  enumsAsTypes: true,
  skipTypename: true,
  useTypeImports: true,
  immutableTypes: true,
  strictScalars: true,
  scalars: { DateTime: "string", Uuid: "string", Id: "string", JSON: "unknown" },
};

const schema = parse(readFileSync(join(ui, "../schema.graphql"), "utf8"));

for (const { operations, output } of OUTPUTS) {
  const text = await codegen({
    filename: output,
    schema,
    documents: documentsIn(operations),
    config,
    plugins: [{ operations: {} }, { documents: {} }],
    pluginMap: {
      operations: operationsPlugin,
      documents: documentsPlugin.default ?? documentsPlugin,
    },
  });
  const written = `// Written by codegen.mjs from schema.graphql and operations/: do not edit.\n${text}`;
  if (!process.argv.includes("--check")) {
    writeFileSync(output, written);
  } else if (readFileSync(output, "utf8") !== written) {
    process.stderr.write(`${output} is out of date: run npm run codegen -w ui\n`);
    process.exit(1);
  }
}
