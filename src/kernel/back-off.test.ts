import { backOffMs } from "./back-off";

test.each([
  { failures: 1, asked: null, random: 1, ms: 1_000 },
  { failures: 1, asked: null, random: 0, ms: 500 },
  { failures: 3, asked: null, random: 1, ms: 4_000 },
  { failures: 7, asked: null, random: 1, ms: 60_000 },
  { failures: 5_000, asked: null, random: 1, ms: 60_000 },
  { failures: 1, asked: 5_000, random: 1, ms: 5_000 },
  { failures: 7, asked: 5_000, random: 1, ms: 60_000 },
  { failures: 1, asked: 86_400_000, random: 1, ms: 600_000 },
])("after $failures failures, asked for $asked: $ms ms", ({ failures, asked, random, ms }) => {
  expect(backOffMs(failures, asked, () => random)).toBe(ms);
});
