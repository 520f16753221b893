import { useQuery } from "@tanstack/react-query";
import { useId, useMemo, useState } from "react";
import { fileDiffQuery } from "../../lib/queries";
import { countPatch, parsePatch, type PatchLine } from "../../lib/patch";
import { fileCounts, sizeWords } from "../../lib/words";
import { Icon } from "../../parts/icon";
import { Pill } from "../../parts/status";
import type { Plan } from "./plan";

type Dags = NonNullable<Plan["dags"]>;
type Kind = "added" | "removed" | "changed";

/** More are shown on demand. */
const FILES_SHOWN = 20;

interface DagFilesProps {
  readonly dags: Dags;
  readonly from: string;
  readonly to: string;
}

/** Which DAG files come, go or change; the difference of one when it is opened. */
export function DagFiles({ dags, from, to }: DagFilesProps) {
  const [all, setAll] = useState(false);
  const files = useMemo(() => {
    const kinds: readonly Kind[] = ["changed", "removed", "added"];
    return kinds.flatMap((kind) => dags[kind].map((path) => ({ path, kind })));
  }, [dags]);
  const shown = all ? files : files.slice(0, FILES_SHOWN);
  return (
    <section className="sec">
      <h3>
        DAG files <span className="quiet">{fileCounts(dags)}</span>
      </h3>
      {files.length === 0 ? null : (
        <ul className="files">
          {shown.map(({ path, kind }) => (
            <File key={path} path={path} kind={kind} from={from} to={to} />
          ))}
        </ul>
      )}
      {shown.length === files.length ? null : (
        <button type="button" className="btn sm quiet" onClick={() => setAll(true)}>
          Show all {files.length} files
        </button>
      )}
    </section>
  );
}

interface FileProps {
  readonly path: string;
  readonly kind: Kind;
  readonly from: string;
  readonly to: string;
}

function File({ path, kind, from, to }: FileProps) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const { data: diff, error, isPending } = useQuery({ ...fileDiffQuery(from, to, path), enabled: open });
  const lines = useMemo(() => (diff?.patch == null ? null : parsePatch(diff.patch)), [diff]);
  return (
    <li>
      <button type="button" className="f" aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
        <Icon name={open ? "chevron-down" : "chevron-right"} />
        <span className="mono">{path}</span>
        {lines === null || kind !== "changed" ? <KindMark kind={kind} /> : <Counts lines={lines} />}
      </button>
      <div id={id}>
        {!open ? null : error !== null ? (
          <p className="file-note">The difference could not be loaded. {error.message}</p>
        ) : isPending ? (
          <p className="file-note">Loading…</p>
        ) : lines === null ? (
          <p className="file-note">{withoutPatch(diff)}</p>
        ) : (
          <Diff path={path} lines={lines} />
        )}
      </div>
    </li>
  );
}

function withoutPatch(
  diff:
    | {
        readonly binary: boolean;
        readonly fromSizeBytes?: number | null;
        readonly toSizeBytes?: number | null;
      }
    | null
    | undefined,
): string {
  if (diff == null) return "Neither deploy has this file any more.";
  const size = (bytes: number | null | undefined): string => (bytes == null ? "nothing" : sizeWords(bytes));
  const why = diff.binary ? "This is not a text file" : "This file is too large to be compared line by line";
  return `${why}: ${size(diff.fromSizeBytes)} now, ${size(diff.toSizeBytes)} afterwards.`;
}

function KindMark({ kind }: { readonly kind: Kind }) {
  if (kind === "changed") return <span className="quiet">changes</span>;
  return kind === "added" ? (
    <Pill tone="good" icon="file-plus">
      Comes back
    </Pill>
  ) : (
    <Pill tone="mute" icon="file-minus">
      Goes
    </Pill>
  );
}

function Counts({ lines }: { readonly lines: readonly PatchLine[] }) {
  const { added, removed } = countPatch(lines);
  return (
    <span className="pm">
      <span className="p">+{added}</span> <span className="m">−{removed}</span>
    </span>
  );
}

const SIGN = { add: "+", del: "−", same: " ", hunk: "" } as const;
const ROW_CLASS = { add: "a", del: "d", same: "", hunk: "h" } as const;

function Text({ line }: { readonly line: PatchLine }) {
  if (line.mark === undefined) return <>{line.text}</>;
  const [begin, end] = line.mark;
  return (
    <>
      {line.text.slice(0, begin)}
      <mark>{line.text.slice(begin, end)}</mark>
      {line.text.slice(end)}
    </>
  );
}

function Diff({ path, lines }: { readonly path: string; readonly lines: readonly PatchLine[] }) {
  return (
    <div className="dif" tabIndex={0} role="group" aria-label={`Difference of ${path}`}>
      <table>
        <tbody>
          {lines.map((line, index) => (
            <tr key={index} className={ROW_CLASS[line.kind]}>
              <td className="n">{line.from}</td>
              <td className="n">{line.to}</td>
              <td className="s">{SIGN[line.kind]}</td>
              <td>
                <Text line={line} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
