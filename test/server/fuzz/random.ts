/** Random choices that a seed repeats (mulberry32, Tommy Ettinger, public domain). */
export class Random {
  constructor(private state: number) {}

  /** From 0 to below 1. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  below(most: number): number {
    return Math.floor(this.next() * most);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(among: readonly T[]): T {
    const picked = among[this.below(among.length)];
    if (among.length === 0) throw new Error("nothing to pick from");
    return picked as T;
  }

  /** Up to that many. */
  list<T>(most: number, make: () => T): T[] {
    return Array.from({ length: this.below(most + 1) }, make);
  }
}

/** Text that has broken programs before: nothing, quotes, control characters, halves of characters, lots of it. */
export const NASTY_TEXTS: readonly string[] = [
  "",
  " ",
  "\0",
  "a\0b",
  "\ud800",
  "x\udc00y",
  "\ufeff",
  "\u202etxt.exe",
  "\r\n\r\nX-Injected: yes",
  "💥".repeat(300),
  "é".repeat(5_000),
  "x".repeat(20_000),
  "' OR '1'='1",
  '"; --',
  "%00",
  "%",
  "_",
  "\\",
  "../../../../etc/passwd",
  "${7*7}{{7*7}}",
  "<script>alert(1)</script>",
  "__proto__",
  "constructor",
  "null",
  "NaN",
  "-1",
  "1e400",
  "9".repeat(400),
  "2024-07-15T09:30:00Z",
  "0000-00-00T00:00:00Z",
  "9999-12-31T23:59:60+23:59",
  "0198f2b0-0000-7000-8000-000000000000",
  "not-a-uuid",
  "sha256:zz",
  "registry.example.com/a/b:c@sha256:d",
  "12.0.0",
  "v999999999999.1",
];

export const NASTY_VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  2 ** 31,
  -(2 ** 53),
  1e308,
  [],
  [[]],
  [null],
  {},
  { __proto__: 1, constructor: { prototype: {} }, toString: 1, length: -1 },
  { label: "x", description: {} },
  { "": "" },
  nested(200),
];

/** Arrays and objects in each other, so deep. */
export function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}
