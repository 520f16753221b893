import { useWindowVirtualizer } from "@tanstack/react-virtual";
import {
  Fragment,
  lazy,
  Suspense,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type ComponentProps,
  type ReactNode,
} from "react";
import type { DeployRevisionFilter } from "../../gql";
import { useKeys } from "../../lib/keys";
import { contextsOf, NO_CONTEXT, type Context } from "../../lib/neighbours";
import { PAGE } from "../../lib/queries";
import { openAction } from "../../parts/actions/action-store";
import { lackOfPermission } from "../../parts/allowed-button";
import { Failed, Loading } from "../../parts/states";
import { useDeployment } from "../deployment/deployment-context";
import { arcsOf } from "./arcs";
import { HistoryRow } from "./history-row";
import { useHistory, useWay } from "./use-history";

const loadDetails = () => import("./line-details");
const LineDetails = lazy(async () => ({ default: (await loadDetails()).LineDetails }));

const ROW_PX = 66;
const OVERSCAN = 12;
/** The code of the details is fetched once the lines are there. */
const DETAILS_AFTER_MS = 800;

interface HistoryTableProps {
  readonly deploymentUuid: string;
  readonly label: string;
  readonly filter: DeployRevisionFilter | null;
  /** How many lines match; undefined before that is known. */
  readonly total: number | undefined;
  /** Id of the line whose details are open. */
  readonly open: string | undefined;
  readonly onOpen: (id: string | undefined) => void;
  readonly onDeploy: (id: string) => void;
  readonly onUndo: (rollbackId: string) => void;
  readonly empty: ReactNode;
}

/**
 * The history as a table of which only the lines on the screen exist; spacers stand for the others. Its parent gives it a new key with each
 * filter.
 */
export function HistoryTable(props: HistoryTableProps) {
  const { deploymentUuid, label, filter, total, open, onOpen, onDeploy, onUndo, empty } = props;
  const stopLack = lackOfPermission(useDeployment().permissions, "deployment.images.push");
  const body = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const way = useWay();
  const virtualizer = useWindowVirtualizer({
    count: way.count,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN,
    scrollMargin: top,
  });
  const items = virtualizer.getVirtualItems();
  const shown = [...new Set(items.map(({ index }) => Math.floor(index / PAGE)))];
  const history = useHistory(deploymentUuid, filter, way, shown);
  const { piece } = history;
  const contexts = useMemo(() => (filter === null ? contextsOf(piece) : new Map<string, Context>()), [filter, piece]);

  // What is above may change its height, such as filters that wrap.
  useLayoutEffect(() => {
    if (body.current !== null) setTop(Math.round(body.current.getBoundingClientRect().top + scrollY));
  });

  useEffect(() => {
    const timer = setTimeout(() => void loadDetails(), DETAILS_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);

  const [focus, setFocus] = useState<number | null>(null);
  const move = (to: number): void => {
    const index = Math.max(0, Math.min(way.count - 1, to));
    setFocus(index);
    virtualizer.scrollToIndex(index, { align: "auto" });
  };
  useEffect(() => {
    if (focus === null) return;
    body.current?.querySelector<HTMLElement>(`[data-index="${focus}"] .what`)?.focus({ preventScroll: true });
  }, [focus]);
  const focused = focus === null ? undefined : history.line(focus);
  useKeys({
    "/": () => document.getElementById("search")?.focus(),
    j: () => move(focus === null ? 0 : focus + 1),
    k: () => move(focus === null ? 0 : focus - 1),
    Home: () => move(0),
    End: () => move(way.count - 1),
    d: () => {
      if (focused?.rollback.allowed === true) onDeploy(focused.id);
    },
  });

  if (history.error !== null) return <Failed what="The history" error={history.error} onRetry={history.retry} />;
  if (history.isEmpty) return <div className="card state">{empty}</div>;
  const arcs = arcsOf(
    items.map((item) => ({ start: item.start, line: history.line(item.index) })),
    filter === null,
  );
  const first = items[0];
  const last = items.at(-1);
  const isFirstLoad = items.every(({ index }) => history.line(index) === undefined);
  // Nothing is measured before there are lines.
  if (isFirstLoad) return <Loading what="the history" />;
  return (
    <div className="card hist" ref={body}>
      <table role="table" aria-rowcount={total === undefined ? -1 : total + 1}>
        <caption className="sr">Deploys of {label}, newest first</caption>
        <thead role="rowgroup">
          <tr role="row" aria-rowindex={1}>
            <th role="columnheader" className="gut">
              No.
            </th>
            <th role="columnheader" className="st-c">
              Status
            </th>
            <th role="columnheader">What</th>
            <th role="columnheader" className="who-c">
              Who
            </th>
            <th role="columnheader" className="when">
              When
            </th>
            <th role="columnheader" className="act">
              <span className="sr">Action</span>
            </th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          <Spacer height={first === undefined ? 0 : first.start - top} />
          {items.map(({ index }) => {
            const line = history.line(index);
            if (line === undefined) return <Pending key={index} index={index} measure={virtualizer.measureElement} />;
            const isOpen = open === line.id;
            return (
              <Fragment key={line.id}>
                <HistoryRow
                  line={line}
                  index={index}
                  context={contexts.get(line.id) ?? NO_CONTEXT}
                  arc={arcs.get(line.id)}
                  isFocused={focus === index}
                  isOpen={isOpen}
                  details={isOpen ? <Details line={line} onUndo={() => onUndo(line.id)} /> : null}
                  measure={virtualizer.measureElement}
                  onToggle={() => onOpen(isOpen ? undefined : line.id)}
                  onDeploy={() => onDeploy(line.id)}
                  stopLack={stopLack}
                  onStop={() => openAction({ kind: "stop", id: line.id, number: line.number, label })}
                />
              </Fragment>
            );
          })}
          <Spacer height={last === undefined ? 0 : virtualizer.getTotalSize() - (last.end - top)} />
        </tbody>
      </table>
    </div>
  );
}

/** Says so while its code is on the way, which is before anybody opens a line as a rule. */
function Details(props: ComponentProps<typeof LineDetails>) {
  return (
    <Suspense fallback={<p className="details quiet">Loading…</p>}>
      <LineDetails {...props} />
    </Suspense>
  );
}

function Spacer({ height }: { readonly height: number }) {
  return height <= 0 ? null : (
    <tr className="spacer" aria-hidden="true">
      <td colSpan={6} style={{ height }} />
    </tr>
  );
}

interface PendingProps {
  readonly index: number;
  readonly measure: (element: Element | null) => void;
}

function Pending({ index, measure }: PendingProps) {
  return (
    <tr ref={measure} data-index={index} className="to-come" aria-hidden="true">
      <td colSpan={6}>
        <div className="skrow">
          <div className="sk" />
          <div className="sk" />
          <div className="sk" />
          <div className="sk" />
        </div>
      </td>
    </tr>
  );
}
