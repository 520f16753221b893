import { buildPrintableSchema } from "../composition/composition-root";
import { printApiSchema } from "../server/graphql/build-schema";
import { readOptions } from "./usage-error";

/** Needs no database and no configuration: the schema is the same in every installation. */
export async function printSchema(args: string[]): Promise<void> {
  readOptions(args, {});
  process.stdout.write(printApiSchema(buildPrintableSchema()));
}
