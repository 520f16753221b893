interface SourceProps {
  readonly source:
    | {
        readonly commit?: string | null;
        readonly branch?: string | null;
        readonly url?: string | null;
        readonly author?: string | null;
      }
    | null
    | undefined;
}

const SHORT_COMMIT = 12;

/** Commit, branch and author of a deploy, with a link where there is one. The server takes http and https only. */
export function Source({ source }: SourceProps) {
  if (source == null) return null;
  const { commit, branch, url, author } = source;
  const label = commit == null ? (branch ?? "link") : commit.slice(0, SHORT_COMMIT);
  const rest = [commit != null && branch != null ? `on ${branch}` : "", author == null ? "" : `by ${author}`]
    .filter((part) => part !== "")
    .join(" ");
  return (
    <span className="quiet">
      {url == null ? (
        commit == null && branch == null ? null : (
          <span className="mono">{label}</span>
        )
      ) : (
        <a href={url} target="_blank" rel="noopener noreferrer" className="mono">
          {label}
        </a>
      )}{" "}
      {rest}
    </span>
  );
}
