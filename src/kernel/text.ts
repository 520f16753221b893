import { InvalidInput } from "./errors";

/** What still fits into a title or a column of a table, and into Postgres' keys. */
export const MAX_LABEL = 190;
const MAX_DESCRIPTION = 1_000;

/**
 * A name that people give to something and read in lists and terminals: one line of text, trimmed.
 * @throws InvalidInput if nothing is left, or too much, or a control character
 */
export function checkLabel(text: string, argument = "label"): string {
  const label = text.trim();
  if (label === "" || label.length > MAX_LABEL || /\p{Cc}/u.test(label)) {
    throw new InvalidInput(argument, `has to have 1 to ${MAX_LABEL} characters, none of them a control character`);
  }
  return label;
}

/** Trimmed; null if nothing is left. @throws InvalidInput if it is too long */
export function checkDescription(text: string | null): string | null {
  const description = (text ?? "").trim();
  if (description.length > MAX_DESCRIPTION)
    throw new InvalidInput("description", `has at most ${MAX_DESCRIPTION} characters`);
  return description || null;
}
