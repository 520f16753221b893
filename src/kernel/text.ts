import { InvalidInput } from "./errors";

/** Max characters of a label: it fits into a title, a column of a table and a Postgres key. */
export const MAX_LABEL = 190;
const MAX_DESCRIPTION = 1_000;

/**
 * Returns the trimmed label: one line of text, for lists and terminals.
 * @throws InvalidInput if the label is empty or too long, or has a control character
 */
export function checkLabel(text: string, argument = "label"): string {
  const label = text.trim();
  if (label === "" || label.length > MAX_LABEL || /\p{Cc}/u.test(label)) {
    throw new InvalidInput(argument, `has to have 1 to ${MAX_LABEL} characters, none of them a control character`);
  }
  return label;
}

/** Returns the trimmed text, or null if it is empty. @throws InvalidInput if it is too long */
export function checkDescription(text: string | null): string | null {
  const description = (text ?? "").trim();
  if (description.length > MAX_DESCRIPTION)
    throw new InvalidInput("description", `has at most ${MAX_DESCRIPTION} characters`);
  return description || null;
}
