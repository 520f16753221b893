import type { ApolloServerPlugin, BaseContext } from "@apollo/server";
import { GraphQLError, type ASTVisitor, type ValidationContext } from "graphql";
import type { Variables } from "./compiled-queries";

/**
 * U+0000, which no text column of PostgreSQL accepts, and halves of surrogate pairs, which no encoding has. JSON can
 * contain both (https://www.postgresql.org/docs/18/datatype-json.html).
 */
const UNSTORABLE = /[\0\p{Surrogate}]/u;

const refusal = (argument: string): GraphQLError =>
  new GraphQLError(`${argument}: holds a null character or half of a surrogate pair, which cannot be stored`, {
    extensions: { code: "BAD_USER_INPUT", argument, http: { status: 200 } },
  });

/** A validation rule that refuses such text in the document. */
export function storableLiterals(context: ValidationContext): ASTVisitor {
  let argument = "query";
  return {
    Argument: { enter: ({ name }) => void (argument = name.value) },
    StringValue: ({ value }) => {
      if (UNSTORABLE.test(value)) context.reportError(refusal(argument));
    },
  };
}

/** The name of a variable that contains such text, or null. */
export function unstorableVariable(variables: Variables): string | null {
  return Object.keys(variables).find((name) => isUnstorable(variables[name])) ?? null;
}

/** Refuses such text in variables, whatever their type: free text ends up in many columns, and in JSON. */
export function storableVariables<TContext extends BaseContext>(): ApolloServerPlugin<TContext> {
  return {
    requestDidStart: async () => ({
      didResolveOperation: async ({ request }) => {
        const name = unstorableVariable(request.variables ?? {});
        if (name !== null) throw refusal(name);
      },
    }),
  };
}

/** Works without recursion, because JSON may nest deeper than the stack. */
function isUnstorable(value: unknown): boolean {
  const waiting = [value];
  while (waiting.length > 0) {
    const one = waiting.pop();
    if (typeof one === "string" && UNSTORABLE.test(one)) return true;
    if (typeof one !== "object" || one === null) continue;
    for (const [key, inner] of Object.entries(one) as [string, unknown][]) waiting.push(key, inner);
  }
  return false;
}
