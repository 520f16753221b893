import { InvalidInput } from "../../../kernel/errors";

/** An opaque position behind a row of a list sorted by number. */
export function encodeCursor(number: number, id: string): string {
  return Buffer.from(`${number}:${id}`, "utf8").toString("base64url");
}

/** @throws InvalidInput if the text is not one of `encodeCursor`'s. */
export function decodeCursor(cursor: string, argument: string): { number: number; id: string } {
  const match = /^(\d{1,9}):([0-9a-f-]{36})$/.exec(Buffer.from(cursor, "base64url").toString("utf8"));
  if (match?.[1] === undefined || match[2] === undefined) {
    throw new InvalidInput(argument, "is not a cursor that this API gave out");
  }
  return { number: Number(match[1]), id: match[2] };
}
