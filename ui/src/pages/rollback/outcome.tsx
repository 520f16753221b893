import type { ReactNode } from "react";
import { isCancelled } from "../../lib/words";
import { Icon } from "../../parts/icon";
import { Clock } from "../../parts/when";
import type { Run } from "./run";

interface OutcomeProps {
  /** Number of what runs now. */
  readonly running: number | undefined;
  readonly run: Run;
  readonly took: string | null;
  readonly forward: boolean;
}

/** One final state that cannot be taken for another; what still runs after a failure. */
export function Outcome({ running, run, took, forward }: OutcomeProps): ReactNode {
  switch (run.status) {
    case "INITIALIZED":
      return run.statusReason == null ? null : (
        <div className="note info" role="status">
          <Icon name="info" />
          <div>
            <p>{run.statusReason}</p>
          </div>
        </div>
      );
    case "DEPLOYED":
      return (
        <div className="final" role="status">
          <Icon name="circle-check" />
          <div>
            <h3>{forward ? "Deployed again" : "Rolled back"}</h3>
            <p>
              #{run.number} runs since <Clock at={run.finishedAt ?? run.updatedAt} />
              {took === null ? "" : `, ${took} after it was confirmed`}.
            </p>
          </div>
        </div>
      );
    case "FAILED":
      return (
        <div className="final bad" role="alert">
          <Icon name="circle-x" />
          <div>
            <h3>It failed{running === undefined ? "." : `; #${running} still runs.`}</h3>
            <p>{run.statusReason}</p>
          </div>
        </div>
      );
    case "SUPERSEDED":
      return (
        <div className="final mute" role="alert">
          <Icon name="circle-slash" />
          <div>
            <h3>
              {isCancelled(run)
                ? `It was stopped${running === undefined ? "." : `; #${running} still runs.`}`
                : `#${run.number + 1} came before it was finished.`}
            </h3>
            <p>{run.statusReason}</p>
          </div>
        </div>
      );
  }
}
