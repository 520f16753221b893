const FIRST = [
  "ablative", "astral", "barren", "blazing", "cosmic", "distant", "elliptic", "frozen", "geodetic", "infrared",
  "ionized", "lunar", "magnetic", "molten", "nuclear", "orbital", "parallax", "polar", "quantum", "radiant",
  "solar", "spectral", "stellar", "tidal",
] as const;
const SECOND = [
  "aperture", "asteroid", "aurora", "comet", "corona", "crater", "eclipse", "equinox", "galaxy", "horizon",
  "meteor", "nebula", "nova", "orbit", "parsec", "perigee", "photon", "probe", "quasar", "rocket",
  "solstice", "transit", "vector", "zenith",
] as const;

/** Two words and four digits, from three random numbers in [0, 1). */
export function releaseNameFrom(random: () => number): string {
  const pick = (words: readonly string[]): string => words[Math.floor(random() * words.length)] ?? "astral";
  return `${pick(FIRST)}-${pick(SECOND)}-${String(Math.floor(random() * 10_000)).padStart(4, "0")}`;
}
