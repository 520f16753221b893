import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildSchema, parse, validate } from "graphql";
import * as documents from "./documents";

const schema = buildSchema(readFileSync(join(__dirname, "../../../schema.graphql"), "utf8"));

const all = Object.entries(documents);

test.each(all)("%s is in the schema", (_name, document) => {
  expect(validate(schema, parse(document)).map(({ message }) => message)).toEqual([]);
});
