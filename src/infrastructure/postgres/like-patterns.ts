import { compositionsOf } from "../../kernel/text";

/**
 * Patterns for `ILIKE ANY`, which match what contains the text: its characters stand for themselves, and an accent counts as the same
 * whether it is part of its letter or follows it.
 */
export const patternsContaining = (text: string): string[] =>
  compositionsOf(text).map((one) => `%${one.replace(/[\\%_]/g, "\\$&")}%`);
