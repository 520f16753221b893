// Writes src/gql.ts, the types of the operations: `npm run codegen -w ui`. With --check it only says whether it is up to date.
import { codegen } from "@graphql-codegen/core";
import * as documentsPlugin from "@graphql-codegen/typed-document-node";
import * as operationsPlugin from "@graphql-codegen/typescript-operations";
import { parse } from "graphql";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const ui = import.meta.dirname;
const operations = join(ui, "src/operations");
const output = join(ui, "src/gql.ts");

const documents = readdirSync(operations)
  .filter((name) => name.endsWith(".graphql"))
  .sort()
  .map((name) => {
    const location = join(operations, name);
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

const text = await codegen({
  filename: output,
  schema: parse(readFileSync(join(ui, "../schema.graphql"), "utf8")),
  documents,
  config,
  plugins: [{ operations: {} }, { documents: {} }],
  pluginMap: {
    operations: operationsPlugin,
    documents: documentsPlugin.default ?? documentsPlugin,
  },
});
const written = `// Written by codegen.mjs from schema.graphql and operations/: do not edit.\n${text}`;

if (process.argv.includes("--check")) {
  if (readFileSync(output, "utf8") !== written) {
    process.stderr.write("ui/src/gql.ts is out of date: run npm run codegen -w ui\n");
    process.exit(1);
  }
} else {
  writeFileSync(output, written);
}
