import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { holdsQuery, type Head } from "../../lib/queries";
import { heldWords } from "../../lib/words";
import { openAction } from "../../parts/actions/action-store";
import { AllowedButton, lackOfPermission } from "../../parts/allowed-button";
import { When } from "../../parts/when";

/** What must not be deployed to the Deployment, with who, when and why. */
export function Holds({ head }: { readonly head: Head }) {
  const { data: holds, error } = useQuery(holdsQuery(head.id));
  const lack = lackOfPermission(head.permissions, "deployment.config.update");
  const label = head.label ?? head.releaseName ?? "";
  if (holds === undefined)
    return <p className="quiet pad">{error === null ? "Loading…" : `They could not be loaded. ${error.message}`}</p>;
  if (holds.length === 0) return <p className="quiet pad">None.</p>;
  return (
    <>
      {holds.map((hold) => (
        <div key={hold.id} className="rowline">
          <div>
            <b>{heldWords(hold)}</b>
            <p>
              By {hold.createdBy.label}, <When at={hold.createdAt} />: “{hold.reason}”{" "}
              <Link
                to="/deployments/$releaseName/history"
                params={{ releaseName: head.releaseName ?? "" }}
                search={{ open: hold.deployRevisionId }}
              >
                Show the deploy
              </Link>
            </p>
          </div>
          <AllowedButton lack={lack} onClick={() => openAction({ kind: "lift", hold, label })}>
            Lift the hold…
          </AllowedButton>
        </div>
      ))}
    </>
  );
}
