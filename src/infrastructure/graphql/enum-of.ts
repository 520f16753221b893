/** A TypeScript-like enum of the values, as `registerEnumType` takes it. */
export const enumOf = <Value extends string>(values: readonly Value[]): { readonly [Key in Value]: Key } =>
  Object.fromEntries(values.map((value) => [value, value])) as { readonly [Key in Value]: Key };
