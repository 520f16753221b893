import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { SetRollbackDocument } from "../../gql";
import { ask, RequestFailed } from "../../lib/ask";
import { headQuery, retentionQuery, variablesQuery, type Head } from "../../lib/queries";
import { MECHANISM, plural } from "../../lib/words";
import { Icon } from "../../parts/icon";
import { SwitchField } from "../../parts/switch-field";
import { useDeployment } from "../deployment/deployment-context";
import { Holds } from "./holds";

export function SettingsPage() {
  const head = useDeployment();
  useEffect(() => {
    document.title = `Settings of ${head.label} · Retrograde`;
  }, [head.label]);
  return (
    <div className="wrap page">
      <section className="set" id="rollback">
        <div>
          <h2>Rollback Deploy</h2>
          <p>Lets people with the permission to push images deploy an earlier version again.</p>
        </div>
        <div className="card">
          <RollbackSwitch head={head} />
        </div>
      </section>
      <section className="set" id="holds">
        <div>
          <h2>Holds</h2>
          <p>Content that must not be deployed again until somebody lifts its hold.</p>
        </div>
        <div className="card">
          <Holds head={head} />
        </div>
      </section>
      <section className="set" id="dags">
        <div>
          <h2>How DAGs arrive</h2>
          <p>Deployments with DAGs from git or a volume have no rollback.</p>
        </div>
        <div className="card">
          <DagMechanism head={head} />
        </div>
      </section>
      <section className="set" id="variables">
        <div>
          <h2>Environment variables</h2>
          <p>A rollback leaves them as they are. Their values are not shown here.</p>
        </div>
        <div className="card">
          <Variables deploymentUuid={head.id} />
        </div>
      </section>
    </div>
  );
}

/** Saved at once; the notice offers the way back. */
function RollbackSwitch({ head }: { readonly head: Head }) {
  const queryClient = useQueryClient();
  const change = useMutation({
    mutationFn: (enabled: boolean) => ask(SetRollbackDocument, { deploymentUuid: head.id, enabled }),
    onSuccess: ({ updateDeploymentRollback: { rollbackEnabled } }) => {
      queryClient.setQueryData(headQuery(head.releaseName ?? "").queryKey, (old) => old && { ...old, rollbackEnabled });
      void queryClient.invalidateQueries({ queryKey: ["head", head.releaseName] });
      void queryClient.invalidateQueries({ queryKey: ["history", head.id] });
      void queryClient.invalidateQueries({ queryKey: ["deployments"] });
    },
  });
  const enabled = head.rollbackEnabled;
  const shown = change.isPending ? change.variables : enabled;
  const { data: days } = useQuery(retentionQuery);
  const { changeable, blockers } = head.rollbackSwitch;
  return (
    <>
      <SwitchField
        label="Rollback Deploy"
        note={
          shown
            ? `On for this Deployment. ${reachWords(days)}`
            : "Off for this Deployment. Its history stays, and nothing in it can be deployed again."
        }
        isSelected={shown}
        isDisabled={change.isPending || !changeable}
        onChange={(on) => change.mutate(on)}
      />
      {changeable ? null : <p className="quiet pad">{CANNOT_CHANGE}</p>}
      {shown
        ? blockers.map(({ code, message }) => (
            <p key={code} className="note warn saved">
              <Icon name="warning" />
              <span>{message}</span>
            </p>
          ))
        : null}
      <div role="status">
        {change.isSuccess ? (
          <p className="note good saved">
            <Icon name="circle-check" />
            <span>Saved: Rollback Deploy is {enabled ? "on" : "off"}.</span>
            <span className="end">
              <button type="button" className="btn sm" onClick={() => change.mutate(!enabled)}>
                Undo
              </button>
            </span>
          </p>
        ) : null}
      </div>
      <div role="alert">
        {change.error === null ? null : (
          <p className="note bad saved">
            <Icon name="lock" />
            <span>{whyNot(change.error)}</span>
          </p>
        )}
      </div>
    </>
  );
}

const CANNOT_CHANGE =
  "You may not change this: it takes the permission deployment.config.update, which admins of the Deployment and its Workspace have.";

function reachWords(days: number | null | undefined): string {
  return days == null
    ? "How far back it reaches is set for the whole installation."
    : `Deploys of the last ${plural(days, "day")} can be deployed again, and pinned ones always; that is set for the whole installation.`;
}

function whyNot(error: Error): string {
  return error instanceof RequestFailed && error.code === "FORBIDDEN" ? CANNOT_CHANGE : error.message;
}

function DagMechanism({ head: { dagDeployment } }: { readonly head: Head }) {
  const type = dagDeployment?.type;
  if (dagDeployment == null || type == null) return <p className="quiet pad">Unknown.</p>;
  const facts = [
    ["Repository", dagDeployment.repositoryUrl],
    ["Branch", dagDeployment.branchName],
    ["Commit or tag", dagDeployment.rev],
    ["Folder", dagDeployment.dagDirectoryLocation],
    ["Volume", dagDeployment.nfsLocation],
  ].filter((fact): fact is [string, string] => Boolean(fact[1]));
  const says = {
    image: "DAGs are in the image: each deploy brings both.",
    dag_deploy: "DAGs are uploaded by themselves, beside the image.",
    git_sync: "DAGs are pulled from a branch.",
    volume: "DAGs come from an NFS volume.",
  }[type];
  return (
    <div className="rowline">
      <div>
        <b>{MECHANISM[type]}</b>
        <p>{says}</p>
        {facts.length === 0 ? null : (
          <dl className="kv facts-list">
            {facts.map(([word, value]) => (
              <div key={word}>
                <dt>{word}</dt>
                <dd className="mono">{value}</dd>
              </div>
            ))}
          </dl>
        )}
      </div>
    </div>
  );
}

function Variables({ deploymentUuid }: { readonly deploymentUuid: string }) {
  const { data: variables, error } = useQuery(variablesQuery(deploymentUuid));
  if (error !== null)
    return (
      <p className="quiet pad">
        {error instanceof RequestFailed && error.code === "FORBIDDEN"
          ? "You may not see them: that takes the permission deployment.variables.get."
          : `They could not be loaded. ${error.message}`}
      </p>
    );
  if (variables === undefined) return <p className="quiet pad">Loading…</p>;
  if (variables.length === 0) return <p className="quiet pad">None.</p>;
  return (
    <>
      <p className="quiet pad">{plural(variables.length, "variable")}</p>
      <ul className="variables">
        {variables.map(({ key, isSecret }) => (
          <li key={key}>
            <span className="mono">{key}</span>
            {isSecret === true ? (
              <span className="quiet">
                <Icon name="lock" /> secret
              </span>
            ) : null}
          </li>
        ))}
      </ul>
    </>
  );
}
