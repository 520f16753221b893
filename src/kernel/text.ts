import { InvalidInput } from "./errors";

/** What still fits into a title or a column of a table, and into Postgres' keys. */
export const LABEL_MOST = 190;
const DESCRIPTION_MOST = 1_000;

/**
 * A name that people give to something and read in lists and terminals: one line of text, trimmed.
 * @throws InvalidInput if nothing is left, or too much, or a control character
 */
export function checkLabel(text: string, argument = "label"): string {
  const label = text.trim();
  if (label === "" || label.length > LABEL_MOST || /\p{Cc}/u.test(label)) {
    throw new InvalidInput(argument, `has to have 1 to ${LABEL_MOST} characters, none of them a control character`);
  }
  return label;
}

/** Trimmed; null if nothing is left. @throws InvalidInput if it is too long */
export function checkDescription(text: string | null): string | null {
  const description = (text ?? "").trim();
  if (description.length > DESCRIPTION_MOST)
    throw new InvalidInput("description", `has at most ${DESCRIPTION_MOST} characters`);
  return description || null;
}
