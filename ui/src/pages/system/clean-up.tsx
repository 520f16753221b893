import { useMutation, useQuery } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { CleanUpDocument } from "../../gql-admin";
import { ask } from "../../lib/ask";
import { retentionQuery } from "../../lib/queries";
import { plural } from "../../lib/words";
import { Icon } from "../../parts/icon";
import { Problem } from "../../parts/problem";

const MAX_DAYS = 3_650;

/** Removes old deploys. What would go is counted first; only then can it be removed. */
export function CleanUp() {
  const { data: retention } = useQuery(retentionQuery);
  const [typed, setTyped] = useState<string | null>(null);
  const text = typed ?? String(retention ?? "");
  const days = /^[1-9]\d{0,3}$/.test(text) && Number(text) <= MAX_DAYS ? Number(text) : null;
  const run = useMutation({
    mutationFn: async (input: { dryRun: boolean; olderThanDays: number }) =>
      (await ask(CleanUpDocument, input)).cleanupDeployRevisions,
  });
  const counted = run.data?.dryRun === true && run.data.olderThanDays === days ? run.data : null;
  const look = (event: SubmitEvent): void => {
    event.preventDefault();
    if (days !== null && !run.isPending) run.mutate({ dryRun: true, olderThanDays: days });
  };
  return (
    <section className="set" aria-labelledby="clean-up">
      <div>
        <h2 id="clean-up">Clean-up</h2>
        <p>Removes old deploys of all Deployments. What runs, the newest, and what is pinned is kept, however old.</p>
      </div>
      <div className="card">
        <form className="add-holder" onSubmit={look}>
          <div className="row">
            <label className="days">
              Older than
              <span className="field">
                <input
                  inputMode="numeric"
                  value={text}
                  aria-invalid={days === null}
                  onChange={({ target }) => setTyped(target.value.trim())}
                />
              </span>
              days
            </label>
            <button type="submit" className="btn" aria-disabled={days === null || run.isPending}>
              See what would go
            </button>
          </div>
          {days === null && text !== "" ? (
            <p className="quiet">A whole number from 1 to {MAX_DAYS.toLocaleString("en")}.</p>
          ) : null}
          <div role="status">
            {counted === null ? null : (
              <div className="note warn">
                <Icon name="info" />
                <div>
                  <p>
                    <b>{plural(counted.deletedRevisions, "deploy")}</b> and{" "}
                    {plural(counted.deletedBundles, "DAG bundle")} would go; {plural(counted.keptRevisions, "deploy")}{" "}
                    as old would be kept. Nothing is removed yet.
                  </p>
                </div>
                {counted.deletedRevisions + counted.deletedBundles === 0 ? null : (
                  <div className="end">
                    <button
                      type="button"
                      className="btn sm danger"
                      onClick={() => run.mutate({ dryRun: false, olderThanDays: counted.olderThanDays })}
                    >
                      Remove them
                    </button>
                  </div>
                )}
              </div>
            )}
            {run.data?.dryRun === false ? (
              <div className="note good">
                <Icon name="circle-check" />
                <div>
                  <p>
                    <b>Removed</b> {plural(run.data.deletedRevisions, "deploy")} and{" "}
                    {plural(run.data.deletedBundles, "DAG bundle")}.
                  </p>
                </div>
              </div>
            ) : null}
          </div>
          <div role="alert">
            {run.error === null ? null : (
              <Problem problem={run.error} unreachable="It may have begun. To start it again is safe." />
            )}
          </div>
        </form>
      </div>
    </section>
  );
}
