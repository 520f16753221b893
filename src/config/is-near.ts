/**
 * Whether two names differ by a slip of the hand: by case alone, or by few letters that are left out, added, replaced
 * or swapped. `max` is the number of such letters; by default none for names of up to 3 letters, one for up to 8, and
 * two for longer ones.
 */
export function isNear(name: string, other: string, max = slipsFor(other)): boolean {
  const [a, b] = [name.toLowerCase(), other.toLowerCase()];
  return Math.abs(a.length - b.length) <= max && editDistance(a, b) <= max;
}

function slipsFor({ length }: string): number {
  if (length <= 3) return 0;
  return length <= 8 ? 1 : 2;
}

/** The optimal string alignment distance: a swap of neighbours counts once. */
function editDistance(a: string, b: string): number {
  let [beforeLast, last]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = at(last, column - 1) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const swapped =
        a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1] ? at(beforeLast, column - 2) + 1 : Infinity;
      current.push(Math.min(at(last, column) + 1, at(current, column - 1) + 1, replaced, swapped));
    }
    [beforeLast, last] = [last, current];
  }
  return at(last, b.length);
}

const at = (row: readonly number[], column: number): number => row[column] ?? Infinity;
