/** Source: RFC 8259, section 6. */
const NUMBERS = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
/** A quick check: an integer above the largest safe one has at least 16 digits, and infinity an exponent of at least 3. */
const MAY_BE_INEXACT = /\d{16}|\d[eE]\+?\d{3}/;

export const MAX_EXACT = Number.MAX_SAFE_INTEGER;

/** Whether a number of JSON or of a GraphQL document would change when it is parsed: a large integer, or infinity. */
export function isInexact(digits: string): boolean {
  const number = Number(digits);
  return !Number.isFinite(number) || (/^-?\d+$/.test(digits) && !Number.isSafeInteger(number));
}

/** Returns the first number in the JSON that would change when it is parsed; null if there is none. */
export function inexactNumberIn(json: string): string | null {
  if (!MAY_BE_INEXACT.test(json)) return null;
  for (let at = 0; at < json.length;) {
    const quote = json.indexOf('"', at);
    const beforeText = json.slice(at, quote < 0 ? json.length : quote);
    for (const [number] of beforeText.matchAll(NUMBERS)) if (isInexact(number)) return number;
    if (quote < 0) return null;
    at = endOfText(json, quote + 1);
  }
  return null;
}

/** Returns the index after the quotation mark that ends the string. A mark after an odd number of backslashes does not. */
function endOfText(json: string, start: number): number {
  for (let quote = json.indexOf('"', start); quote >= 0; quote = json.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (json[quote - 1 - backslashes] === "\\") backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
  }
  return json.length;
}
