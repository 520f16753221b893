import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { LogLinesDocument, LogsDocument, type LogsQuery } from "../../gql";
import { ask } from "../../lib/ask";
import { useKeys } from "../../lib/keys";
import { connectionStore, follow, socketEpochStore } from "../../lib/socket";
import { zoneStore } from "../../lib/settings";
import { useStore } from "../../lib/store";
import { clock, day } from "../../lib/time";
import { plural } from "../../lib/words";
import { Icon } from "../../parts/icon";
import { SearchField } from "../../parts/search-field";
import { Empty, Failed, Loading } from "../../parts/states";
import { useDeployment } from "../deployment/deployment-context";

type Line = NonNullable<LogsQuery["logs"]>[number];

/** As many as one query answers. */
const KEPT = 1_000;

const COMPONENTS = [
  "deploy-rollback",
  "webserver",
  "scheduler",
  "worker",
  "triggerer",
  "dag-server",
  "git-sync-relay",
  "airflow-downgrade",
];

interface Wanted {
  readonly deploymentUuid: string;
  readonly component: string | null;
  readonly search: string | null;
}

/** Loads the newest lines, then follows; after a lost connection it loads them anew. */
function useLines(wanted: Wanted) {
  const { deploymentUuid, component, search } = wanted;
  const epoch = useStore(socketEpochStore);
  const connection = useStore(connectionStore).state;
  const [added, setAdded] = useState<readonly Line[]>([]);
  const query = useQuery({
    queryKey: ["logs", deploymentUuid, component, search],
    queryFn: async ({ signal }) => (await ask(LogsDocument, { ...wanted, timestamp: null }, signal)).logs ?? [],
  });
  const { refetch } = query;
  useEffect(() => {
    setAdded([]);
    // From the moment before, so that nothing falls between the query and the subscription; what comes twice has the same id.
    const timestamp = new Date(Date.now() - 5_000).toISOString();
    return follow(LogLinesDocument, { deploymentUuid, component, search, timestamp }, ({ log }) => {
      if (log != null) setAdded((old) => [...old.slice(-KEPT), log]);
    });
  }, [deploymentUuid, component, search, epoch]);
  useEffect(() => {
    if (connection === "live") void refetch();
  }, [connection, refetch]);

  const seen = new Set<string>();
  const lines = [...(query.data ?? []), ...added].filter(({ id }) => !seen.has(id) && seen.add(id)).slice(-KEPT);
  return { ...query, lines };
}

export function LogsPage() {
  const head = useDeployment();
  const { q = "", component = "" } = useSearch({ from: "/signed-in/deployments/$releaseName/logs" });
  const navigate = useNavigate({ from: "/deployments/$releaseName/logs" });
  const zone = useStore(zoneStore);
  const box = useRef<HTMLDivElement>(null);
  const [following, setFollowing] = useState(true);
  const { lines, data, error, refetch } = useLines({
    deploymentUuid: head.id,
    component: component === "" ? null : component,
    search: q === "" ? null : q,
  });
  useEffect(() => {
    document.title = `Logs of ${head.label} · Retrograde`;
  }, [head.label]);
  useKeys({ "/": () => document.getElementById("search")?.focus() });
  const toEnd = (): void => box.current?.scrollTo({ top: box.current.scrollHeight });
  useEffect(() => {
    if (following) toEnd();
  }, [following, lines.length]);

  const set = (next: { q?: string; component?: string }): void => {
    const merged = { q, component, ...next };
    void navigate({
      search: {
        ...(merged.q === "" ? {} : { q: merged.q }),
        ...(merged.component === "" ? {} : { component: merged.component }),
      },
      replace: true,
    });
  };
  const onScroll = (): void => {
    const { scrollTop = 0, clientHeight = 0, scrollHeight = 0 } = box.current ?? {};
    setFollowing(scrollHeight - scrollTop - clientHeight < 24);
  };

  return (
    <div className="wrap page">
      <div className="filters" role="search" aria-label="Filter the log">
        <SearchField placeholder="Text in the line" value={q} onChange={(text) => set({ q: text })} />
        <label className="field select">
          <span className="sr">Component</span>
          <select value={component} onChange={({ target }) => set({ component: target.value })}>
            <option value="">All components</option>
            {COMPONENTS.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <span className="end">
          {data === undefined ? null : <span>{plural(lines.length, "line")}</span>}
          {following ? null : (
            <button type="button" className="btn sm" onClick={() => setFollowing(true)}>
              <Icon name="chevron-down" />
              Follow
            </button>
          )}
        </span>
      </div>
      {error !== null && data === undefined ? (
        <Failed what="The log" error={error} onRetry={() => void refetch()} />
      ) : data === undefined ? (
        <Loading what="the log" />
      ) : lines.length === 0 ? (
        <div className="card state">
          <Empty icon="terminal" title="No lines">
            <p>
              {q === "" && component === ""
                ? "Nothing has been written yet."
                : "No line matches. New ones appear by themselves."}
            </p>
          </Empty>
        </div>
      ) : (
        <div
          className="log tall"
          ref={box}
          tabIndex={0}
          role="log"
          aria-label={`Log of ${head.label}`}
          onScroll={onScroll}
        >
          {lines.map(({ id, message, timestamp }) => (
            <div key={id}>
              {timestamp == null ? null : (
                <time dateTime={timestamp}>
                  {day(timestamp, zone, Date.now())} {clock(timestamp, zone)}
                </time>
              )}
              {message}
            </div>
          ))}
        </div>
      )}
    </div>
  );
}
