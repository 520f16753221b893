import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Fragment, useMemo, useState } from "react";
import { AuditLinesDocument, type AuditLinesQuery } from "../../gql-admin";
import { ask } from "../../lib/ask";
import { auditFilterOf } from "../../lib/search";
import { Icon } from "../../parts/icon";
import { SearchField } from "../../parts/search-field";
import { Empty, Failed, Loading } from "../../parts/states";
import { When } from "../../parts/when";
import { AuditExport } from "./audit-export";

const PAGE = 50;
type Line = AuditLinesQuery["auditLines"]["nodes"][number];

/** Every accepted change, newest first. */
export function Audit() {
  const search = useSearch({ from: "/signed-in/system/audit" });
  const navigate = useNavigate({ from: "/system/audit" });
  const filter = useMemo(() => auditFilterOf(search), [search]);
  const [open, setOpen] = useState<string | null>(null);
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ["audit", filter],
    queryFn: async ({ pageParam, signal }) =>
      (await ask(AuditLinesDocument, { after: pageParam, first: PAGE, filter }, signal)).auditLines,
    initialPageParam: null as string | null,
    getNextPageParam: ({ pageInfo }) => (pageInfo.hasNextPage ? pageInfo.endCursor : null),
  });
  const set = (key: "action" | "from" | "to", value: string): void =>
    void navigate({
      search: ({ [key]: _old, ...rest }) => (value === "" ? rest : { ...rest, [key]: value }),
      replace: true,
      resetScroll: false,
    });
  const lines = data?.pages.flatMap(({ nodes }) => nodes) ?? [];
  return (
    <section className="audit" aria-label="Audit trail">
      <div className="filters" role="search" aria-label="Filter the audit trail">
        <SearchField
          placeholder="Action, such as deploy_revision"
          value={search.action ?? ""}
          onChange={(text) => set("action", text)}
        />
        <label className="day">
          From
          <input type="date" value={search.from ?? ""} onChange={({ target }) => set("from", target.value)} />
        </label>
        <label className="day">
          To
          <input type="date" value={search.to ?? ""} onChange={({ target }) => set("to", target.value)} />
        </label>
        <span className="end">
          <AuditExport filter={filter} />
        </span>
      </div>
      {data === undefined ? (
        error === null ? (
          <Loading what="the audit trail" />
        ) : (
          <Failed what="The audit trail" error={error} onRetry={() => void refetch()} />
        )
      ) : lines.length === 0 ? (
        <div className="card state">
          <Empty icon="filter" title="Nothing matches">
            <p>No change matches these filters. An action has to be given as a whole, or up to its dot.</p>
          </Empty>
        </div>
      ) : (
        <div className="card">
          <table className="audit-lines">
            <thead>
              <tr>
                <th scope="col">When</th>
                <th scope="col">Who</th>
                <th scope="col">Action</th>
                <th scope="col">What</th>
              </tr>
            </thead>
            <tbody>
              {lines.map((line) => (
                <AuditLine
                  key={line.id}
                  line={line}
                  isOpen={open === line.id}
                  onToggle={() => setOpen(open === line.id ? null : line.id)}
                />
              ))}
            </tbody>
          </table>
          {hasNextPage ? (
            <p className="pad more-lines">
              <button type="button" className="btn" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
                {isFetchingNextPage ? "Loading…" : "Show older lines"}
              </button>
            </p>
          ) : null}
        </div>
      )}
    </section>
  );
}

interface AuditLineProps {
  readonly line: Line;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

function AuditLine({ line, isOpen, onToggle }: AuditLineProps) {
  return (
    <Fragment>
      <tr>
        <td className="when">
          <When at={line.createdAt} />
        </td>
        <td>{line.actorLabel}</td>
        <td>
          <button type="button" className="what mono" aria-expanded={isOpen} onClick={onToggle}>
            <Icon name={isOpen ? "chevron-down" : "chevron-right"} />
            {line.action}
          </button>
        </td>
        <td>{line.objectLabel ?? line.objectId ?? line.objectType}</td>
      </tr>
      {isOpen ? (
        <tr className="opened">
          <td colSpan={4}>
            <pre tabIndex={0}>{JSON.stringify(line.details, null, 2)}</pre>
            <p className="quiet">
              {line.objectType} {line.objectId}
              {line.address == null ? "" : ` · from ${line.address}`}
              {line.requestId == null ? "" : ` · request ${line.requestId}`}
            </p>
          </td>
        </tr>
      ) : null}
    </Fragment>
  );
}
