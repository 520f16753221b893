import { Link } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import type { LineFragment } from "../../gql";
import type { Issue } from "../../lib/ask";
import { CHANGED_PART, imageTag, issueHeading, partValue, plural, shortDigest } from "../../lib/words";
import { Icon } from "../../parts/icon";
import { Source } from "../../parts/source";
import { Who } from "../../parts/status";
import { When } from "../../parts/when";
import { DagFiles } from "./dag-files";
import type { Plan } from "./plan";

type Change = Plan["changes"][number];

/** More are shown on demand. */
const LEFT_BEHIND_SHOWN = 6;

interface PlanViewProps {
  readonly plan: Plan;
  readonly blockers: readonly Issue[];
  readonly releaseName: string;
  /** Whether something was deployed since the plan before this one. */
  readonly overtaken: boolean;
}

/** What would happen: the left column of the dialog. */
export function PlanView({ plan, blockers, releaseName, overtaken }: PlanViewProps) {
  const sides = { from: plan.from.number, to: plan.to.number };
  return (
    <div className="body plan" tabIndex={0} role="group" aria-label="The plan">
      {overtaken ? (
        <div className="note info" role="alert">
          <Icon name="info" />
          <div>
            <p>
              <b>Something was deployed meanwhile.</b> #{plan.from.number} by {plan.from.createdBy.label} runs now. Here
              is the new plan.
            </p>
          </div>
        </div>
      ) : null}
      {blockers.map(({ code, message, remedy }) => (
        <div key={code} className="note bad">
          <Icon name="lock" />
          <div>
            <p>
              <b>{issueHeading({ code }, sides) ?? "Not possible."}</b> {message}
            </p>
            <Remedy code={code} remedy={remedy} releaseName={releaseName} />
          </div>
        </div>
      ))}
      <DataLoss plan={plan} />
      {plan.warnings
        .filter(({ code }) => code !== "SKIPS_DEPLOYS" && !(code === "DATABASE_DOWNGRADE" && plan.database.losesData))
        .map(({ code, message, remedy }) => (
          <div key={code} className="note warn">
            <Icon name="warning" />
            <div>
              <p>
                <b>{issueHeading({ code }, sides)}</b> {message}
              </p>
              <Remedy code={code} remedy={remedy} releaseName={releaseName} />
            </div>
          </div>
        ))}
      <section className="sec">
        <h3>What changes</h3>
        <Comparison plan={plan} />
      </section>
      {plan.dags == null ? null : <DagFiles dags={plan.dags} from={plan.from.id} to={plan.to.id} />}
      <LeftBehind plan={plan} />
      <section className="sec">
        <h3>Stays as it is</h3>
        <p className="kept">
          {plan.unchanged.map((name) => (
            <span key={name}>{name.charAt(0).toUpperCase() + name.slice(1)}</span>
          ))}
        </p>
      </section>
    </div>
  );
}

interface RemedyProps {
  readonly code: string;
  readonly remedy: string | null | undefined;
  readonly releaseName: string;
}

function Remedy({ code, remedy, releaseName }: RemedyProps) {
  const settings = code === "ROLLBACK_DISABLED_FOR_DEPLOYMENT";
  if (remedy == null && !settings) return null;
  return (
    <p className="soft">
      {remedy}{" "}
      {settings ? (
        <Link to="/deployments/$releaseName/settings" params={{ releaseName }}>
          Open Settings
        </Link>
      ) : null}
    </p>
  );
}

function DataLoss({ plan }: { readonly plan: Plan }) {
  if (!plan.database.losesData) return null;
  const { from, to } = plan;
  return (
    <div className="note bad">
      <Icon name="database" />
      <div>
        <p>
          <b>Data will be lost.</b>{" "}
          {from.airflowVersion == null || to.airflowVersion == null
            ? "Airflow's database goes back to an older version."
            : `Airflow goes from ${from.airflowVersion} back to ${to.airflowVersion}, whose database is older.`}{" "}
          What newer features have stored is erased for good, and tasks that run now fail.
        </p>
      </div>
    </div>
  );
}

function Side({ line, word }: { readonly line: LineFragment; readonly word: string }) {
  return (
    <>
      <b>
        #{line.number} — {word}
      </b>
      <span>
        {line.createdBy.label}, <When at={line.createdAt} />
      </span>
    </>
  );
}

/** The tag alone says enough, unless it stays the same while the image behind it or the repository differs. */
function imageWords(image: string | null, other: string | null): string {
  if (image === null) return "none";
  const repository = (text: string): string => text.replace(/(:[^:/@]+)?(@.*)?$/, "");
  if (other !== null && repository(image) !== repository(other)) return image.split("@")[0] ?? image;
  const tag = imageTag(image);
  const digest = image.split("@")[1];
  return other !== null && image !== other && tag === imageTag(other) && digest !== undefined
    ? `${tag} @ ${shortDigest(digest)}`
    : tag;
}

function valueOf(change: Change, side: "from" | "to"): ReactNode {
  const value = change[side] ?? null;
  if (change.field === "image") {
    const other = change[side === "from" ? "to" : "from"] ?? null;
    return <span className="mono">{imageWords(value, other)}</span>;
  }
  const words = partValue(change.field, value);
  return change.field === "dagDeploymentType" || value === null ? words : <span className="mono">{words}</span>;
}

function Comparison({ plan }: { readonly plan: Plan }) {
  const rows = plan.changes.filter(({ from, to }) => from != null || to != null);
  return (
    <div className="cmp">
      <table>
        <thead>
          <tr>
            <th scope="col" className="part">
              <span className="sr">Part</span>
            </th>
            <th scope="col">
              <Side line={plan.from} word="runs now" />
            </th>
            <th scope="col">
              <Side line={plan.to} word="would run again" />
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((change) => (
            <tr key={change.field} className={change.changed ? "chd" : "same"}>
              <th scope="row">{CHANGED_PART[change.field] ?? change.field}</th>
              <td>{valueOf(change, "from")}</td>
              <td>
                {valueOf(change, "to")}
                {change.changed ? <span className="sr"> (changes)</span> : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function LeftBehind({ plan }: { readonly plan: Plan }) {
  const [all, setAll] = useState(false);
  if (plan.to.number > plan.from.number && plan.skipped.length === 0) return null;
  const left = [plan.from, ...plan.skipped.filter(({ id }) => id !== plan.from.id)];
  const shown = all ? left : left.slice(0, LEFT_BEHIND_SHOWN);
  return (
    <section className="sec">
      <h3>
        Left behind{" "}
        <span className="quiet">
          {plural(left.length, "deploy")}; {left.length === 1 ? "it stays" : "they stay"} in the history
        </span>
      </h3>
      <ul className="list">
        {shown.map((line) => (
          <li key={line.id}>
            <b className="num">#{line.number}</b>
            <span className="grow">
              {line.description ?? "No description"} <Source source={line.source} />
            </span>
            <Who actor={line.createdBy} />
          </li>
        ))}
      </ul>
      {shown.length === left.length ? null : (
        <button type="button" className="btn sm quiet" onClick={() => setAll(true)}>
          Show all {left.length}
        </button>
      )}
    </section>
  );
}
