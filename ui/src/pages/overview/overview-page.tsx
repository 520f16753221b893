import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect } from "react";
import type { LineFragment } from "../../gql";
import { countQuery, historyQuery, revisionQuery, type Head } from "../../lib/queries";
import { between } from "../../lib/time";
import { plural, statusWords, titleOf } from "../../lib/words";
import { BundleSize, ImageFacts } from "../../parts/content-facts";
import { Icon } from "../../parts/icon";
import { Empty } from "../../parts/states";
import { Pill } from "../../parts/status";
import { When } from "../../parts/when";
import { newestOf, useDeployment } from "../deployment/deployment-context";

const LATEST = 5;

export function OverviewPage() {
  const head = useDeployment();
  const current = head.currentRevision;
  const releaseName = head.releaseName ?? "";
  const { data: latest } = useQuery(historyQuery(head.id, null, null));
  const { data: count } = useQuery(countQuery(head.id, null));
  useEffect(() => {
    document.title = `${head.label} · Retrograde`;
  }, [head.label]);

  return (
    <div className="wrap page">
      {current?.isRollback === true ? <InForce current={current} head={head} /> : null}
      <div className="grid">
        <div className="stack">
          {current == null ? (
            <section className="card state">
              <Empty icon="box" title="No deploy yet">
                <p>The first push of an image or upload of DAGs will stand here.</p>
              </Empty>
            </section>
          ) : (
            <RunsNow current={current} />
          )}
          <section className="card">
            <div className="hd">
              <h2>Latest deploys</h2>
              <Link className="end" to="/deployments/$releaseName/history" params={{ releaseName }}>
                {count === undefined ? "All" : `All ${count}`} <Icon name="chevron-right" />
              </Link>
            </div>
            <div className="bd">
              <ol className="mini">
                {(latest?.nodes ?? []).slice(0, LATEST).map((line) => (
                  <Latest key={line.id} line={line} releaseName={releaseName} />
                ))}
              </ol>
            </div>
          </section>
        </div>
        <aside className="stack" aria-label="Going back, settings">
          <section className="card">
            <div className="hd">
              <h2>If you have to go back</h2>
            </div>
            <div className="bd">
              <p className="soft">
                {!head.rollbackEnabled
                  ? "Rollback Deploy is off for this Deployment."
                  : head.lastKnownGood == null
                    ? "Choose a deploy of the history. You see what would change before anything happens."
                    : `#${head.lastKnownGood.number} is the last known good deploy: ${titleOf(head.lastKnownGood)}. You see what would change before anything happens.`}
              </p>
              <Link className="btn full" to="/deployments/$releaseName/history" params={{ releaseName }}>
                <Icon name="back" />
                Choose a deploy
              </Link>
            </div>
          </section>
          <section className="card">
            <div className="hd">
              <h2>Settings</h2>
              <Link className="end" to="/deployments/$releaseName/settings" params={{ releaseName }}>
                Change
              </Link>
            </div>
            <div className="bd">
              <div className="rowline">
                <div>
                  <b>Rollback Deploy</b>
                  <p>Earlier deploys can be deployed again</p>
                </div>
                <Pill tone={head.rollbackEnabled ? "good" : "mute"}>{head.rollbackEnabled ? "On" : "Off"}</Pill>
              </div>
              {count === undefined ? null : (
                <div className="rowline">
                  <div>
                    <b>History</b>
                    <p>{plural(count, "deploy")}</p>
                  </div>
                </div>
              )}
            </div>
          </section>
        </aside>
      </div>
    </div>
  );
}

function InForce({ current, head }: { readonly current: LineFragment; readonly head: Head }) {
  const target = current.rollbackFrom;
  return (
    <div className="note roll in-force">
      <Icon name="back" />
      <div>
        <p>
          <b>Rolled back{target == null ? "" : ` to #${target.number}`}</b> by {current.createdBy.label}{" "}
          <When at={current.createdAt} />
          {current.description ? `: “${current.description}”` : ""}
        </p>
      </div>
      {newestOf(head)?.id === current.id ? (
        <div className="end">
          <Link
            className="btn sm"
            to="/deployments/$releaseName/history"
            params={{ releaseName: head.releaseName ?? "" }}
            search={{ undo: current.id }}
          >
            <Icon name="forward" />
            Undo…
          </Link>
        </div>
      ) : null}
    </div>
  );
}

function RunsNow({ current }: { readonly current: LineFragment }) {
  const { data: revision } = useQuery(revisionQuery(current.id));
  const took = between(current.createdAt, current.finishedAt);
  const digest = revision?.imageDigest;
  const bundle = revision?.dagBundle;
  return (
    <section className="card">
      <div className="hd">
        <h2>Runs now</h2>
      </div>
      <div className="bd">
        <div className="big">
          <span className="no">#{current.number}</span>
          <div>
            <p className="strong">{titleOf(current)}</p>
            <p className="quiet">
              Since <When at={current.finishedAt ?? current.createdAt} />, by {current.createdBy.label}
              {took === null ? "" : ` · took ${took}`}
            </p>
          </div>
        </div>
        <dl className="kv">
          {current.rollbackFrom == null ? null : (
            <>
              <dt>Content of</dt>
              <dd>#{current.rollbackFrom.number}</dd>
            </>
          )}
          <ImageFacts image={current.image} digest={digest} />
          {current.runtimeVersion == null ? null : (
            <>
              <dt>Runtime</dt>
              <dd>{current.runtimeVersion}</dd>
            </>
          )}
          {current.airflowVersion == null ? null : (
            <>
              <dt>Airflow</dt>
              <dd>{current.airflowVersion}</dd>
            </>
          )}
          {current.dagTarballVersion == null ? null : (
            <>
              <dt>DAG bundle</dt>
              <dd>
                <span className="mono">{current.dagTarballVersion}</span>
                <BundleSize bundle={bundle} />
              </dd>
            </>
          )}
        </dl>
      </div>
    </section>
  );
}

function Latest({ line, releaseName }: { readonly line: LineFragment; readonly releaseName: string }) {
  const { icon, tone, word } = statusWords(line);
  return (
    <li>
      <span className="num">#{line.number}</span>
      <span className={`st ${line.isRollback && line.status === "DEPLOYED" ? "roll" : tone}`}>
        <Icon
          name={line.isRollback && line.status === "DEPLOYED" ? "back" : icon}
          label={line.isRollback ? `${word}, a rollback` : word}
          spin={line.status === "INITIALIZED"}
        />
      </span>
      <Link className="what" to="/deployments/$releaseName/history" params={{ releaseName }} search={{ open: line.id }}>
        {titleOf(line)}
      </Link>
      <span className="quiet">
        <When at={line.createdAt} />
      </span>
    </li>
  );
}
