import { Link } from "@tanstack/react-router";
import { deploymentStatus, titleOf } from "../../lib/words";
import { Pill, Status } from "../../parts/status";
import { When } from "../../parts/when";
import type { ListedDeployment } from "./listed-deployment";

function versionOf({ runtimeVersion, airflowVersion }: NonNullable<ListedDeployment["currentRevision"]>): string {
  if (runtimeVersion != null) return ` · Runtime ${runtimeVersion}`;
  return airflowVersion == null ? "" : ` · Airflow ${airflowVersion}`;
}

export function DeploymentRow({ deployment }: { readonly deployment: ListedDeployment }) {
  const { label, releaseName, currentRevision: current, rollbackEnabled } = deployment;
  const newest = deployment.deployRevisions.nodes[0];
  return (
    <tr>
      <td>
        <Link className="nm" to="/deployments/$releaseName/history" params={{ releaseName: releaseName ?? "" }}>
          {label}
        </Link>
        <small className="mono">{releaseName}</small>
      </td>
      <td>
        <Status words={deploymentStatus(newest, current)} />
      </td>
      <td>
        {current == null ? (
          <span className="quiet">Nothing yet</span>
        ) : (
          <>
            <b className="num">
              #{current.number}
              {versionOf(current)}
            </b>
            <small>
              {current.rollbackFrom == null
                ? titleOf(current)
                : `Content of #${current.rollbackFrom.number}: ${titleOf(current)}`}
            </small>
          </>
        )}
        {current?.isRollback === true || !rollbackEnabled ? (
          <div className="marks">
            {current?.isRollback === true ? (
              <Pill tone="roll" icon="back">
                Rolled back
              </Pill>
            ) : null}
            {rollbackEnabled ? null : <Pill tone="mute">Rollback Deploy is off</Pill>}
          </div>
        ) : null}
      </td>
      <td>
        {newest === undefined ? null : (
          <>
            <When at={newest.createdAt} />
            <small>{newest.createdBy.label}</small>
          </>
        )}
      </td>
    </tr>
  );
}
