import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from "react";
import { countQuery } from "../../lib/queries";
import { filterOf, isFiltered, withoutFilters, type HistorySearch } from "../../lib/search";
import { useStore } from "../../lib/store";
import { pendingStore, showPending } from "../../lib/use-live";
import { RunningStrip } from "../../parts/running-strip";
import { Empty } from "../../parts/states";
import { useDeployment } from "../deployment/deployment-context";
import { Filters } from "./filters";
import type { Order } from "../rollback/order";
import { HistoryTable } from "./history-table";

const loadDialog = () => import("../rollback/rollback-dialog");
const RollbackDialog = lazy(async () => ({ default: (await loadDialog()).RollbackDialog }));

const Timeline = lazy(async () => ({ default: (await import("./timeline")).Timeline }));

export function HistoryPage() {
  const head = useDeployment();
  const search = useSearch({ from: "/signed-in/deployments/$releaseName/history" });
  const navigate = useNavigate({ from: "/deployments/$releaseName/history" });
  const queryClient = useQueryClient();
  const pending = useStore(pendingStore);
  const releaseName = head.releaseName ?? "";

  useEffect(() => {
    document.title = `Deploy History of ${head.label} · Retrograde`;
    // So that the dialog opens at once.
    const timer = setTimeout(() => void loadDialog(), 1_000);
    return () => clearTimeout(timer);
  }, [head.label]);

  const set = useCallback(
    (change: (old: HistorySearch) => HistorySearch, replace = false): void =>
      void navigate({ search: change, replace, resetScroll: false }),
    [navigate],
  );

  const { q, from, to, since, status, type, who, rollbacks } = search;
  const filterKey = [q, from, to, since, status, type, who, rollbacks].join("\n");
  // A range that ends now begins when it was chosen: otherwise each render would ask for another one.
  const [chosenAt, setChosenAt] = useState({ key: filterKey, now: Date.now() });
  if (chosenAt.key !== filterKey) setChosenAt({ key: filterKey, now: Date.now() });
  const filter = useMemo(
    () => filterOf(search, chosenAt.now),
    // The filter's part of the address only, not what is open.
    [filterKey, chosenAt.now],
  );
  const { data: count } = useQuery(countQuery(head.id, filter));
  const filtered = isFiltered(search);
  const { plan, undo } = search;
  const order: Order | undefined =
    undo !== undefined
      ? { kind: "undo", rollbackId: undo }
      : plan === undefined
        ? undefined
        : { kind: "rollback", target: plan };

  return (
    <div className="wrap page">
      {head.currentRevision == null ? null : <RunningStrip head={head} current={head.currentRevision} />}
      <Suspense fallback={<div className="card timeline" />}>
        <Timeline
          deploymentUuid={head.id}
          search={search}
          onRange={(first, last) =>
            set(
              ({ from: _from, to: _to, since: _since, ...rest }) => ({
                ...rest,
                ...(first === undefined ? {} : { from: first }),
                ...(last === undefined ? {} : { to: last }),
              }),
              true,
            )
          }
        />
      </Suspense>
      <Filters search={search} count={count} deploymentUuid={head.id} filter={filter} onChange={set} />
      {pending === 0 ? null : (
        <p className="pending" role="status">
          <button type="button" className="btn primary sm" onClick={() => void showPending(queryClient, head.id)}>
            {pending} new, show
          </button>
        </p>
      )}
      <HistoryTable
        key={filterKey}
        deploymentUuid={head.id}
        label={head.label ?? releaseName}
        filter={filter}
        total={count}
        open={search.open}
        onOpen={(id) => set(({ open: _old, ...rest }) => (id === undefined ? rest : { ...rest, open: id }), true)}
        onDeploy={(id) => set((old) => ({ ...old, plan: id }))}
        onUndo={(id) => set((old) => ({ ...old, undo: id }))}
        empty={
          filtered ? (
            <Empty icon="filter" title="Nothing matches">
              <p>No deploy matches these filters.</p>
              <button type="button" className="btn" onClick={() => set(withoutFilters)}>
                Clear the filters
              </button>
            </Empty>
          ) : (
            <Empty icon="box" title="No deploy yet">
              <p>The first push of an image or upload of DAGs will stand here.</p>
            </Empty>
          )
        }
      />
      {order === undefined ? null : (
        <Suspense fallback={<p className="sr">Loading the plan</p>}>
          <RollbackDialog
            key={undo ?? plan}
            head={head}
            order={order}
            runId={search.run}
            onRun={(id) => set((old) => ({ ...old, run: id }), true)}
            onRetry={() => set(({ run: _run, ...rest }) => rest, true)}
            onUndo={(id) => set(({ plan: _plan, run: _run, ...rest }) => ({ ...rest, undo: id }))}
            onClose={() => {
              set(({ plan: _plan, undo: _undo, run: _run, ...rest }) => rest);
              // Whoever has just rolled back wants to see that line.
              if (search.run !== undefined) void showPending(queryClient, head.id);
            }}
          />
        </Suspense>
      )}
    </div>
  );
}
