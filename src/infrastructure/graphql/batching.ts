/** The records in the order of the ids, with null for an id without a record. */
export function byId<T extends { readonly id: string }>(ids: readonly string[], found: readonly T[]): (T | null)[] {
  const known = new Map(found.map((record) => [record.id, record]));
  return ids.map((id) => known.get(id) ?? null);
}

/** The records of each key, in the order of the keys. */
export function groupBy<T>(keys: readonly string[], found: readonly T[], keyOf: (record: T) => string): T[][] {
  const groups = new Map<string, T[]>(keys.map((key) => [key, []]));
  for (const record of found) groups.get(keyOf(record))?.push(record);
  return keys.map((key) => groups.get(key) ?? []);
}
