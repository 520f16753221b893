import { uuidv7 } from "uuidv7";

/** A UUIDv7: ids sort by the time of their creation. */
export const newId = (): string => uuidv7();

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Whether the text is a UUID. Clients may send any text as an id; other text names no object, and must not reach a uuid
 * column.
 */
export const isId = (text: string): boolean => UUID.test(text);

/** Compares ids without regard to case, as Postgres does: clients may send them in capitals. */
export const isSameId = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
