import { InvalidInput } from "./errors";

/** Max characters of a label: it fits into a title, a column of a table and a Postgres key. */
const MAX_LABEL = 190;
const MAX_DESCRIPTION = 1_000;

/** Alphabets whose letters never join. Between them a joiner would only hide in a name that looks like another one. */
const UNJOINED = String.raw`[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}]`;
const JOINING = String.raw`(?!${UNJOINED})[\p{L}\p{M}]`;
/** Joiners and variation selectors where they change the letter, the emoji or the ideograph beside them. */
const SHAPING = [
  String.raw`(?<=${JOINING})[\u200C\u200D](?=${JOINING})`,
  String.raw`(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F])\u200D(?=\p{Extended_Pictographic})`,
  String.raw`(?<=[\p{Extended_Pictographic}\p{Script=Han}\p{Script=Mongolian}])\p{Variation_Selector}`,
  String.raw`(?<=[0-9#*])\uFE0F(?=\u20E3)`,
].join("|");
/**
 * Control, format, private-use and unassigned characters, line breaks, halves of surrogate pairs, and whatever else is
 * not shown (Default_Ignorable_Code_Point of the Unicode Character Database).
 */
const HIDDEN = String.raw`(?!${SHAPING})[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]`;
const HIDDEN_IN_LINE = new RegExp(HIDDEN, "gu");
const HIDDEN_IN_LINES = new RegExp(String.raw`(?![\n\t])${HIDDEN}`, "gu");
/** U+2800 is a Braille pattern without a dot. */
const NOT_SHOWN = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/gu;
/** All that Unicode calls a line break (UAX 14, classes BK, CR, LF and NL). */
const LINE_BREAK = /\r\n|[\r\v\f\x85\u2028\u2029]/g;

export type TextKind = "ONE_LINE" | "LINES";

/**
 * Returns one line of text as it is stored, in NFC and trimmed; null if nothing of it can be seen.
 * @throws InvalidInput if it has more than `max` characters (code points), a line break, or a character that is not shown
 */
export const readLine = (argument: string, text: string, max = MAX_LABEL): string | null =>
  read(argument, text.normalize("NFC"), "ONE_LINE", max);

/**
 * Like `readLine`, for text of several lines, which may have tabs too. Line breaks become `\n`.
 * @throws InvalidInput
 */
export const readText = (argument: string, text: string, max: number): string | null =>
  read(argument, text.normalize("NFC").replace(LINE_BREAK, "\n"), "LINES", max);

function read(argument: string, normalized: string, kind: TextKind, max: number): string | null {
  if (!isShown(normalized)) return null;
  const text = normalized.trim();
  if (isLonger(text, max)) throw new InvalidInput(argument, `has at most ${max} characters`);
  refuseHidden(argument, text, kind);
  return text;
}

/**
 * For text that is kept exactly as it is given, such as a key in PEM.
 * @throws InvalidInput if it has a character that is not shown
 */
export function refuseHidden(argument: string, text: string, kind: TextKind): void {
  const [hidden] = text.match(kind === "ONE_LINE" ? HIDDEN_IN_LINE : HIDDEN_IN_LINES) ?? [];
  if (hidden === undefined) return;
  const name = `U+${hidden.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`;
  const isBreak = /[\n\r\v\f\x85\u2028\u2029]/.test(hidden);
  throw new InvalidInput(
    argument,
    isBreak ? `has to be one line, and contains a line break (${name})` : `contains ${name}, which is not shown`,
  );
}

/**
 * Returns the label: one line of text, for lists and terminals.
 * @throws InvalidInput if it is empty, too long, or no line of visible text
 */
export function checkLabel(text: string, argument = "label"): string {
  const label = readLine(argument, text);
  if (label === null) throw new InvalidInput(argument, `has to have 1 to ${MAX_LABEL} characters`);
  return label;
}

/** Returns the text of one or several lines; null if it is empty. @throws InvalidInput */
export const checkDescription = (text: string | null): string | null =>
  readText("description", text ?? "", MAX_DESCRIPTION);

/**
 * For text that its sender cannot correct, such as a claim of a provider. Returns one line without what `readLine` would
 * refuse, cut to `max` characters; null if nothing is left.
 */
export function cleanLine(text: string, max = MAX_LABEL): string | null {
  // Only as much as may be needed is looked at, because the sender sets the length.
  const line = text
    .slice(0, 10 * max)
    .normalize("NFC")
    .replace(LINE_BREAK, "\n")
    .replace(HIDDEN_IN_LINES, "");
  return shownOrNull(firstOf(line.replace(/\s+/g, " ").trim(), max).trim());
}

/** The same for text of several lines. What is too long ends in an ellipsis. */
export function cleanText(text: string, max: number): string | null {
  const whole = text
    .slice(0, 10 * max)
    .normalize("NFC")
    .replace(LINE_BREAK, "\n")
    .replace(HIDDEN_IN_LINES, "")
    .trim();
  return shownOrNull(isLonger(whole, max) ? `${firstOf(whole, max - 1).trimEnd()}…` : whole);
}

/** Whether text that its sender cannot correct, and that may not be cut, can be taken as one line. */
export function isLine(text: string, max = MAX_LABEL): boolean {
  try {
    return readLine("", text, max) !== null;
  } catch {
    return false;
  }
}

const NAMED_ESCAPES: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/**
 * Returns the text in a form that is one line in a log or on a terminal and cannot look like another one: what is not
 * shown is written out, such as `\n`, `\x1b` and `\u{202e}`.
 */
export const quoteHidden = (text: string): string => text.replace(HIDDEN_IN_LINE, escaped);

function escaped(character: string): string {
  const code = character.codePointAt(0)!.toString(16);
  return NAMED_ESCAPES[character] ?? (code.length <= 2 ? `\\x${code.padStart(2, "0")}` : `\\u{${code}}`);
}

/** The ways in which a text is composed where it was stored before it was brought into NFC. */
export const compositionsOf = (text: string): string[] => [...new Set([text.normalize("NFC"), text.normalize("NFD")])];

const isShown = (text: string): boolean => text.replace(NOT_SHOWN, "") !== "";

const shownOrNull = (text: string): string | null => (isShown(text) ? text : null);

/** A character is a code point. One has at most two UTF-16 units, so that most long texts need no counting. */
const isLonger = (text: string, max: number): boolean =>
  text.length > 2 * max || (text.length > max && [...text].length > max);

const firstOf = (text: string, max: number): string =>
  text.length <= max ? text : [...text.slice(0, 2 * max)].slice(0, max).join("");
