import { Link } from "@tanstack/react-router";
import type { LineFragment } from "../gql";
import type { Head } from "../lib/queries";
import { imageTag } from "../lib/words";
import { Icon } from "./icon";
import { When } from "./when";

interface StripProps {
  readonly head: Head;
  readonly current: LineFragment;
}

/** What runs now, and since when. */
export function RunningStrip({ head, current }: StripProps) {
  return (
    <section className="card strip" aria-label="What runs now">
      <span className="st good">
        <Icon name="circle-dot" />
        Running #{current.number}
      </span>
      <dl className="facts">
        {current.image == null ? null : (
          <div className="fact">
            <dt>Image tag</dt>
            <dd>
              <span className="mono">{imageTag(current.image)}</span>
            </dd>
          </div>
        )}
        {current.runtimeVersion == null ? null : (
          <div className="fact">
            <dt>Runtime</dt>
            <dd>
              {current.runtimeVersion}
              {current.airflowVersion == null ? null : (
                <span className="quiet"> · Airflow {current.airflowVersion}</span>
              )}
            </dd>
          </div>
        )}
        {current.runtimeVersion != null || current.airflowVersion == null ? null : (
          <div className="fact">
            <dt>Airflow</dt>
            <dd>{current.airflowVersion}</dd>
          </div>
        )}
        <div className="fact">
          <dt>Deployed</dt>
          <dd>
            <When at={current.finishedAt ?? current.createdAt} />{" "}
            <span className="quiet">by {current.createdBy.label}</span>
          </dd>
        </div>
        {current.rollbackFrom == null ? null : (
          <div className="fact">
            <dt>Content of</dt>
            <dd>#{current.rollbackFrom.number}</dd>
          </div>
        )}
        {head.lastKnownGood == null ? null : (
          <div className="fact">
            <dt>Last known good before it</dt>
            <dd>
              #{head.lastKnownGood.number}
              <span className="quiet">
                {" "}
                · <When at={head.lastKnownGood.createdAt} />
              </span>
            </dd>
          </div>
        )}
      </dl>
      <Link className="more" to="/deployments/$releaseName" params={{ releaseName: head.releaseName ?? "" }}>
        Details <Icon name="chevron-right" />
      </Link>
    </section>
  );
}
