import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useMemo } from "react";
import { DeploymentsDocument } from "../../gql";
import { ask } from "../../lib/ask";
import { useKeys } from "../../lib/keys";
import { plural } from "../../lib/words";
import { Icon } from "../../parts/icon";
import { SearchField } from "../../parts/search-field";
import { Empty, Failed, Loading } from "../../parts/states";
import { DeploymentRow } from "./deployment-row";
import type { ListedDeployment } from "./listed-deployment";

const PAGE = 50;
/** There is no subscription for all Deployments. */
const REFETCH_MS = 5_000;

/** Failed, or under way for long: somebody should look. */
function needsLook(deployment: ListedDeployment): boolean {
  const newest = deployment.deployRevisions.nodes[0];
  if (newest === undefined) return false;
  if (newest.status === "FAILED") return true;
  return newest.status === "INITIALIZED" && Date.now() - Date.parse(newest.createdAt) > 600_000;
}

interface Group {
  readonly id: string;
  readonly label: string;
  readonly deployments: ListedDeployment[];
}

function byWorkspace(deployments: readonly ListedDeployment[]): Group[] {
  const groups = new Map<string, Group>();
  for (const deployment of deployments) {
    const id = deployment.workspace?.id ?? "";
    const group = groups.get(id) ?? { id, label: deployment.workspace?.label ?? "", deployments: [] };
    group.deployments.push(deployment);
    groups.set(id, group);
  }
  return [...groups.values()].sort((a, b) => a.label.localeCompare(b.label));
}

export function DeploymentsPage() {
  const { q = "", attention } = useSearch({ from: "/signed-in/" });
  const navigate = useNavigate({ from: "/" });
  useEffect(() => {
    document.title = "Deployments · Retrograde";
  }, []);
  useKeys({ "/": () => document.getElementById("search")?.focus() });

  const query = useInfiniteQuery({
    queryKey: ["deployments", q],
    queryFn: async ({ pageParam, signal }) =>
      (await ask(DeploymentsDocument, { name: q === "" ? null : q, cursor: pageParam, take: PAGE }, signal))
        .paginatedDeployments ?? [],
    initialPageParam: null as string | null,
    getNextPageParam: (page) => (page.length < PAGE ? undefined : page.at(-1)?.id),
    placeholderData: (previous) => previous,
    refetchInterval: REFETCH_MS,
  });
  const loaded = useMemo(() => query.data?.pages.flat() ?? [], [query.data]);
  const looks = loaded.filter(needsLook).length;
  const shown = byWorkspace(attention === undefined ? loaded : loaded.filter(needsLook));
  const set = (next: { q?: string; attention?: string }): void =>
    void navigate({ search: next, replace: true, resetScroll: false });

  return (
    <main id="main" className="wrap">
      <div className="ttl">
        <h1>Deployments</h1>
        {query.data === undefined ? null : (
          <span className="quiet num">
            {plural(loaded.length, "Deployment")}
            {query.hasNextPage ? " so far" : ""} in{" "}
            {plural(new Set(loaded.map((d) => d.workspace?.id)).size, "Workspace")}
          </span>
        )}
      </div>
      <div className="filters" role="search" aria-label="Filter Deployments">
        <SearchField
          placeholder="Name or release name"
          value={q}
          onChange={(text) => set({ ...(text === "" ? {} : { q: text }), ...(attention && { attention }) })}
        />
        <button
          type="button"
          className={attention === undefined ? "chip" : "chip on"}
          aria-pressed={attention !== undefined}
          onClick={() => set({ ...(q && { q }), ...(attention === undefined ? { attention: "only" } : {}) })}
        >
          <Icon name="flag" />
          Needs a look {looks === 0 ? null : <b className="num">{looks}</b>}
        </button>
      </div>
      {query.data === undefined ? (
        query.error === null ? (
          <Loading what="the Deployments" />
        ) : (
          <Failed what="The Deployments" error={query.error} onRetry={() => void query.refetch()} />
        )
      ) : (
        <div className="card dl">
          {shown.length === 0 ? (
            <Nothing filtered={q !== "" || attention !== undefined} onClear={() => set({})} />
          ) : (
            <table>
              <caption className="sr">Deployments</caption>
              <thead>
                <tr>
                  <th scope="col">Name</th>
                  <th scope="col">Status</th>
                  <th scope="col">Runs</th>
                  <th scope="col">Last deploy</th>
                </tr>
              </thead>
              {shown.map((group) => (
                <tbody key={group.id}>
                  <tr className="grp">
                    <th colSpan={4} scope="rowgroup">
                      {group.label}
                    </th>
                  </tr>
                  {group.deployments.map((deployment) => (
                    <DeploymentRow key={deployment.id} deployment={deployment} />
                  ))}
                </tbody>
              ))}
            </table>
          )}
        </div>
      )}
      {query.hasNextPage ? (
        <p className="load-more">
          <button type="button" className="btn" onClick={() => void query.fetchNextPage()}>
            {query.isFetchingNextPage ? "Loading…" : "Show more"}
          </button>
        </p>
      ) : null}
    </main>
  );
}

function Nothing({ filtered, onClear }: { readonly filtered: boolean; readonly onClear: () => void }) {
  return filtered ? (
    <Empty icon="filter" title="Nothing matches">
      <p>No Deployment matches what you look for.</p>
      <button type="button" className="btn" onClick={onClear}>
        Clear the filters
      </button>
    </Empty>
  ) : (
    <Empty icon="box" title="No Deployment yet">
      <p>Deployments that you may see will stand here.</p>
    </Empty>
  );
}
