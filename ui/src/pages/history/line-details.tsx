import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { revisionQuery } from "../../lib/queries";
import { DEPLOY_TYPE, heldWords, MECHANISM, TRIGGER } from "../../lib/words";
import { BundleSize, ImageFacts } from "../../parts/content-facts";
import { CopyButton } from "../../parts/copy-button";
import { Icon } from "../../parts/icon";
import { Source } from "../../parts/source";
import { Failed } from "../../parts/states";
import { Steps } from "../../parts/steps";
import { Exact } from "../../parts/when";
import { useDeployment } from "../deployment/deployment-context";
import { LineActions } from "./line-actions";
import type { HistoryLine } from "./use-history";

interface DetailsProps {
  readonly line: HistoryLine;
  /** Opens the undoing of a rollback. */
  readonly onUndo: () => void;
}

/** Everything that is known about a line, asked for when it is opened. */
export function LineDetails({ line, onUndo }: DetailsProps) {
  const head = useDeployment();
  const { releaseName } = head;
  const { data: revision, error, refetch } = useQuery(revisionQuery(line.id));
  const link = new URL(`${location.pathname}?open=${line.id}`, location.href).href;
  if (error !== null && revision === undefined)
    return <Failed what="The deploy" error={error} onRetry={() => void refetch()} />;
  const digest = revision?.imageDigest;
  const bundle = revision?.dagBundle;
  return (
    <div className="details">
      <dl className="kv">
        <ImageFacts image={line.image} digest={digest} />
        <dt>Versions</dt>
        <dd>
          {[
            line.runtimeVersion == null ? "" : `Runtime ${line.runtimeVersion}`,
            line.airflowVersion == null ? "" : `Airflow ${line.airflowVersion}`,
          ]
            .filter((version) => version !== "")
            .join(" · ") || "unknown"}
        </dd>
        <dt>DAGs</dt>
        <dd>
          {MECHANISM[line.dagDeploymentType]}
          {line.dagTarballVersion == null ? null : (
            <>
              : <span className="mono">{line.dagTarballVersion}</span>
            </>
          )}
          <BundleSize bundle={bundle} />
        </dd>
        {line.source == null ? null : (
          <>
            <dt>Source</dt>
            <dd>
              <Source source={line.source} />
            </dd>
          </>
        )}
        <dt>Deployed</dt>
        <dd>
          <Exact at={line.createdAt} />
          <span className="quiet">
            {" "}
            · {DEPLOY_TYPE[line.type]}, by {TRIGGER[line.trigger]}
          </span>
        </dd>
      </dl>
      {revision === undefined || revision.steps.length === 0 ? null : <Steps steps={revision.steps} />}
      {line.rollback.allowed || line.isCurrent ? null : (
        <ul className="reasons">
          {line.rollback.blockers.map(({ code, message, remedy }) => (
            <li key={code}>
              <Icon name="lock" />
              <span>
                {message} {remedy}
              </span>
            </li>
          ))}
        </ul>
      )}
      {line.quarantine == null ? null : (
        <div className="note warn">
          <Icon name="hand" />
          <div>
            <p>
              <b>On hold.</b> {line.quarantine.createdBy.label}, <Exact at={line.quarantine.createdAt} />: “
              {line.quarantine.reason}” {heldWords(line.quarantine)} must not be deployed again.
            </p>
          </div>
        </div>
      )}
      <LineActions line={line} head={head} onUndo={onUndo} />
      <p className="detail-links">
        <Link
          to="/deployments/$releaseName/logs"
          params={{ releaseName: releaseName ?? "" }}
          search={{ q: `Revision ${line.number}` }}
        >
          Its log lines
        </Link>
        <CopyButton text={link} label="Copy link" className="btn sm quiet" />
      </p>
    </div>
  );
}
