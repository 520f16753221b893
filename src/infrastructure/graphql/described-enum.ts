import { registerEnumType } from "type-graphql";

/** A GraphQL enum of the values. One of them without a description does not compile. */
export function describedEnum<Value extends string>(
  values: readonly Value[],
  facts: {
    readonly name: string;
    readonly description: string;
    readonly valuesConfig: { readonly [Key in Value]: { readonly description: string } };
  },
): { readonly [Key in Value]: Key } {
  const enumeration = Object.fromEntries(values.map((value) => [value, value])) as { readonly [Key in Value]: Key };
  registerEnumType(enumeration, facts);
  return enumeration;
}
