/**
 * Versions of the two products a Deployment may run: the Runtime distribution, or plain Airflow in an
 * Astronomer Certified image. They live on separate scales (Runtime 3.0.0 contains Airflow 2.1.1), and
 * the types keep them apart. Neither follows semver: what comes after a hyphen is a flavour, a hotfix
 * number or a pre-release, depending on the scale and the word.
 */

/** The versions that an image's labels, or a line of the deploy history, carry. */
export interface PlatformVersions {
  readonly runtimeVersion: string | null;
  readonly airflowVersion: string | null;
}

export interface RuntimeVersion {
  readonly scale: "runtime";
  /** Canonical name without its flavour: `9.1.0` for `v9.1.0-slim-base`, `3.1-12` for `3.1-12-base`. */
  readonly release: string;
  /** `9` for `9.1.0`; that of Airflow for `3.1-12`. */
  readonly major: number;
  readonly airflowMajor: number;
  /** `3.1` for `3.1-12`; null for a name of the old form, which does not tell. */
  readonly airflowMinor: string | null;
  /** Only for {@link compareVersions}. */
  readonly order: readonly number[];
}

export interface AirflowVersion {
  readonly scale: "airflow";
  /** Canonical name without hotfix number and flavour: `2.3.0` for `2.3.0-5-onbuild`. */
  readonly release: string;
  readonly airflowMajor: number;
  /** `2.3` for `2.3.0-5-onbuild`. */
  readonly airflowMinor: string;
  /** False for `2.3.0`, which is also what the labels of its hotfixes say. */
  readonly tellsHotfix: boolean;
  /** Only for {@link compareVersions}. */
  readonly order: readonly number[];
}

/**
 * Up to Airflow 2, Runtime counted X.Y.Z by itself; from Airflow 3 on, `X.Y-Z` is Airflow X.Y, build Z.
 * Source, also of their order: github.com/astronomer/astro-cli, airflow_versions/runtime_versions.go.
 */
const OLD_NAME = /^(\d{1,9})\.(\d{1,9})\.(\d{1,9})(.*)$/;
const AIRFLOW_3_NAME = /^(\d{1,9})\.(\d{1,9})-(\d{1,9})(.*)$/;
const AIRFLOW_MAJOR_OF_OLD_NAMES = 2;

/**
 * What an image is made of, not which release it is: its contents, its Python, its distribution. Sources: public
 * documentation, software/runtime-image-architecture and software/ac-support-policy; for the distributions
 * github.com/astronomer/astro-cli, airflow_versions, and the tags of github.com/astronomer/ap-airflow.
 */
const FLAVOURS =
  /(?:-(?:base|slim|onbuild|python-?\d+(?:\.\d+)*|ubi-?\d+(?:\.\d+)*|alpine(?:\d+(?:\.\d+)*)?|debian(?:-?\d+)?|buster|bullseye|bookworm|trixie))+$/;

/** A version ends up as an image tag, and Docker's tags are no longer; it also bounds the matching. */
const MAX_LENGTH = 128;

/** Python's spellings and semver's: `rc1`, `-rc1`, `-rc.1`, `.dev20240101`, `-beta`. */
const PRE_RELEASE = /^[-.]?(dev|alpha|a|beta|b|rc)[-.]?(\d{1,15})?$/;
const UNKNOWN_SUFFIX = /^[-.]?[a-z][a-z0-9._-]*$/;

/** In ascending order, as Python ranks them (PEP 440); an unknown word proves nothing, so it ranks lowest. */
const STAGES = ["unknown", "dev", "alpha", "beta", "rc", "final"] as const;
type Stage = (typeof STAGES)[number];
const STAGE_OF_WORD: Readonly<Record<string, Stage>> = {
  dev: "dev",
  a: "alpha",
  alpha: "alpha",
  b: "beta",
  beta: "beta",
  rc: "rc",
};

type Ordered = Pick<RuntimeVersion | AirflowVersion, "order">;

interface Suffix {
  /** Empty for a final release. */
  readonly text: string;
  readonly order: readonly [stage: number, stageNumber: number];
}

/**
 * Returns null for what is missing, `NA` or not a Runtime version. A leading `v`, spaces around, a local part (`+…`)
 * and known flavours do not count; any other word in the suffix makes it a pre-release.
 */
export function parseRuntimeVersion(text: string | null | undefined): RuntimeVersion | null {
  const name = withoutFlavour(text);
  const airflow3 = AIRFLOW_3_NAME.exec(name);
  const match = airflow3 ?? OLD_NAME.exec(name);
  const numbers = numbersOf(match);
  const suffix = parseSuffix(match?.[4]);
  if (numbers === null || suffix === null) return null;

  const [x, y, z] = numbers;
  if (airflow3 === null) {
    return {
      scale: "runtime",
      release: `${x}.${y}.${z}${suffix.text}`,
      major: x,
      airflowMajor: AIRFLOW_MAJOR_OF_OLD_NAMES,
      airflowMinor: null,
      order: [0, ...numbers, ...suffix.order],
    };
  }
  // `2.9-1` was never a Runtime name, and reading it as one would rank it above 13.0.0.
  if (x <= AIRFLOW_MAJOR_OF_OLD_NAMES) return null;
  return {
    scale: "runtime",
    release: `${x}.${y}-${z}${suffix.text}`,
    major: x,
    airflowMajor: x,
    airflowMinor: `${x}.${y}`,
    order: [1, ...numbers, ...suffix.order],
  };
}

/**
 * As {@link parseRuntimeVersion}, on the Airflow scale. A number after the hyphen is the hotfix of an
 * Astronomer Certified image, so that `2.3.0` < `2.3.0-1` < `2.3.0-11`, and none of them is a pre-release.
 */
export function parseAirflowVersion(text: string | null | undefined): AirflowVersion | null {
  const match = OLD_NAME.exec(withoutFlavour(text));
  const numbers = numbersOf(match);
  const [, beforeHotfix, hotfix] = /^(.*?)(?:-(\d{1,9}))?$/.exec(match?.[4] ?? "") ?? [];
  const suffix = parseSuffix(beforeHotfix);
  if (numbers === null || suffix === null) return null;

  const [major, minor, patch] = numbers;
  return {
    scale: "airflow",
    release: `${major}.${minor}.${patch}${suffix.text}`,
    airflowMajor: major,
    airflowMinor: `${major}.${minor}`,
    tellsHotfix: hotfix !== undefined,
    order: [...numbers, ...suffix.order, Number(hotfix ?? 0)],
  };
}

/**
 * -1 if `a` is older, 1 if it is newer, 0 if they rank the same, as flavours of one release do. Runtime
 * names of Airflow 3 are newer than all old ones.
 */
export function compareVersions(a: RuntimeVersion, b: RuntimeVersion): number;
export function compareVersions(a: AirflowVersion, b: AirflowVersion): number;
export function compareVersions(a: Ordered, b: Ordered): number {
  for (const [index, number] of a.order.entries()) {
    const difference = number - (b.order[index] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

/** Whether a version is proven to be `minimum` or newer: false for a missing or unreadable one. */
export function isRuntimeAtLeast(minimum: string, text: string | null | undefined): boolean {
  const [version, floor] = [parseRuntimeVersion(text), parseRuntimeVersion(minimum)];
  return version !== null && floor !== null && compareVersions(version, floor) >= 0;
}

/** As {@link isRuntimeAtLeast}, on the Airflow scale. */
export function isAirflowAtLeast(minimum: string, text: string | null | undefined): boolean {
  const [version, floor] = [parseAirflowVersion(text), parseAirflowVersion(minimum)];
  return version !== null && floor !== null && compareVersions(version, floor) >= 0;
}

/**
 * Whether an image of the second version is older than the first. An image's label never says the hotfix, so `2.4.3` is
 * not older than `2.4.3-6`. Source: the Dockerfiles of github.com/astronomer/ap-airflow.
 */
export function isOlderAirflow(version: AirflowVersion, than: AirflowVersion): boolean {
  return version.tellsHotfix || version.release !== than.release ? compareVersions(version, than) < 0 : false;
}

/** Trimmed; null for null, blank and `NA`, by which the platform's API says that it does not know. */
export function statedVersion(text: string | null | undefined): string | null {
  const trimmed = text?.trim() ?? "";
  return trimmed === "" || trimmed.toUpperCase() === "NA" ? null : trimmed;
}

/** Whether {@link statedVersion} finds one. */
export const isStated = (text: string | null | undefined): text is string => statedVersion(text) !== null;

function withoutFlavour(text: string | null | undefined): string {
  if (text === null || text === undefined || text.length > MAX_LENGTH) return "";
  const name = text.trim().toLowerCase().replace(/^v\s*/, "");
  return name.replace(/\+.*$/, "").replace(FLAVOURS, "");
}

function numbersOf(match: RegExpExecArray | null): [number, number, number] | null {
  return match === null ? null : [Number(match[1]), Number(match[2]), Number(match[3])];
}

function parseSuffix(text = ""): Suffix | null {
  if (text === "") return toSuffix("", "final");
  const [, word, number = "0"] = PRE_RELEASE.exec(text) ?? [];
  const stage = STAGE_OF_WORD[word ?? ""];
  if (stage !== undefined) return toSuffix(`-${stage}${number}`, stage, Number(number));
  return UNKNOWN_SUFFIX.test(text) ? toSuffix(text, "unknown") : null;
}

function toSuffix(text: string, stage: Stage, stageNumber = 0): Suffix {
  return { text, order: [STAGES.indexOf(stage), stageNumber] };
}
