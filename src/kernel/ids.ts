import { uuidv7 } from "uuidv7";

/** A UUIDv7: sorts by the time it was made. */
export const newId = (): string => uuidv7();

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Clients may send any text as an id; one that is no UUID names nothing, and must not reach a uuid column. */
export const isId = (text: string): boolean => UUID.test(text);

/** Clients may write an id in capitals; Postgres does not mind, and neither may we. */
export const isSameId = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
