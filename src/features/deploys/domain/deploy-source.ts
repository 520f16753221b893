import { InvalidInput } from "../../../kernel/errors";
import { cleanLine, readLine } from "../../../kernel/text";

/** Where what was deployed came from, as whoever deployed it said. Nothing follows from it. */
export interface DeploySource {
  readonly sourceCommit: string | null;
  readonly sourceBranch: string | null;
  /** Of the pipeline's run, the pull request, or the repository: http or https. */
  readonly sourceUrl: string | null;
  readonly sourceAuthor: string | null;
}

export const SOURCE_FIELDS = ["commit", "branch", "url", "author"] as const;
/** A source as it is sent. Absent, null and blank all mean that it is not known. */
export type GivenSource = { readonly [K in (typeof SOURCE_FIELDS)[number]]?: string | null | undefined };

/** In characters. A SHA-256 commit of git has 64; git refuses longer names of branches on most file systems. */
const MAX = { commit: 100, branch: 255, url: 2_000, author: 190 };

export const NO_SOURCE: DeploySource = {
  sourceCommit: null,
  sourceBranch: null,
  sourceUrl: null,
  sourceAuthor: null,
};

/** @param prefix of the arguments' names in errors @throws InvalidInput that names the argument */
export function readSource(given: GivenSource | null | undefined, prefix = "source."): DeploySource {
  const read = (name: keyof GivenSource): string | null => readLine(`${prefix}${name}`, given?.[name] ?? "", MAX[name]);
  const commit = read("commit");
  if (commit !== null && /\s/.test(commit)) throw new InvalidInput(`${prefix}commit`, "has to be without spaces");
  const url = read("url");
  return {
    sourceCommit: commit,
    sourceBranch: read("branch"),
    sourceUrl: url === null ? null : readUrl(`${prefix}url`, url),
    sourceAuthor: read("author"),
  };
}

/** The same for labels of an image, which nobody can be asked to correct: what `readSource` would refuse is left out. */
export function cleanSource(given: GivenSource | null | undefined): DeploySource {
  const kept = SOURCE_FIELDS.map((name): [string, string | null] => {
    const line = cleanLine(given?.[name] ?? "", MAX[name] + 1);
    try {
      readSource({ [name]: line });
      return [name, line];
    } catch {
      return [name, null];
    }
  });
  return readSource(Object.fromEntries(kept));
}

export const sourceOf = ({ sourceCommit, sourceBranch, sourceUrl, sourceAuthor }: DeploySource): DeploySource => ({
  sourceCommit,
  sourceBranch,
  sourceUrl,
  sourceAuthor,
});

export const hasSource = (source: DeploySource): boolean =>
  Object.values(sourceOf(source)).some((value) => value !== null);

/** `commit 0a1b2c3 on main by Ada`, as far as known; null without any of them. */
export function sourceLabel({ sourceCommit, sourceBranch, sourceAuthor }: DeploySource): string | null {
  const parts = [
    sourceCommit === null ? "" : `commit ${sourceCommit}`,
    sourceBranch === null ? "" : `${sourceCommit === null ? "branch" : "on"} ${sourceBranch}`,
    sourceAuthor === null ? "" : `by ${sourceAuthor}`,
  ].filter((part) => part !== "");
  return parts.length === 0 ? null : parts.join(" ");
}

function readUrl(argument: string, text: string): string {
  if (!URL.canParse(text)) throw new InvalidInput(argument, "has to be a URL such as https://ci.example.com/runs/17");
  const url = new URL(text);
  if (!["http:", "https:"].includes(url.protocol))
    throw new InvalidInput(argument, "has to begin with http:// or https://");
  // Everybody who may read the history would read them.
  if (url.username !== "" || url.password !== "")
    throw new InvalidInput(argument, "must not contain a user or a password");
  if (url.href.length > MAX.url) throw new InvalidInput(argument, `has at most ${MAX.url} characters`);
  return url.href;
}
