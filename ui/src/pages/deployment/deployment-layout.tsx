import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useMatch, useNavigate, useParams } from "@tanstack/react-router";
import { useKeys } from "../../lib/keys";
import { headQuery, type Head } from "../../lib/queries";
import { LAST_KNOWN_GOOD, type HistorySearch } from "../../lib/search";
import { zoneStore } from "../../lib/settings";
import { connectionStore } from "../../lib/socket";
import { useStore } from "../../lib/store";
import { clock } from "../../lib/time";
import { useLive } from "../../lib/use-live";
import { deploymentStatus, MECHANISM } from "../../lib/words";
import { ActionOutlet } from "../../parts/actions/action-outlet";
import { AllowedButton } from "../../parts/allowed-button";
import { Icon } from "../../parts/icon";
import { Failed, Loading } from "../../parts/states";
import { Pill } from "../../parts/status";
import { DeploymentProvider, executorOf, newestOf } from "./deployment-context";

const TABS = [
  { to: "/deployments/$releaseName", word: "Overview" },
  { to: "/deployments/$releaseName/history", word: "Deploy History" },
  { to: "/deployments/$releaseName/logs", word: "Logs" },
  { to: "/deployments/$releaseName/settings", word: "Settings" },
  { to: "/deployments/$releaseName/access", word: "Access" },
] as const;

function HeadBar({ head, releaseName }: { readonly head: Head; readonly releaseName: string }) {
  const status = deploymentStatus(newestOf(head), head.currentRevision);
  const airflow = head.urls?.find(({ type }) => type === "airflow")?.url;
  const executor = executorOf(head);
  const rolledBackTo = head.currentRevision?.rollbackFrom;
  return (
    <div className="head">
      <div className="wrap">
        <div className="row">
          <div>
            <div className="title">
              <h1>{head.label}</h1>
              <Pill tone={status.tone === "plain" ? "good" : status.tone} icon={status.icon}>
                {status.word}
              </Pill>
              {rolledBackTo == null ? null : (
                <Pill tone="roll" icon="back">
                  Rolled back to #{rolledBackTo.number}
                </Pill>
              )}
            </div>
            <p className="sub">
              <span className="mono">{head.releaseName}</span>
              {head.dagDeployment?.type == null ? null : <span>{MECHANISM[head.dagDeployment.type]}</span>}
              {executor === null ? null : <span>{executor}</span>}
              {head.description ? <span>{head.description}</span> : null}
            </p>
          </div>
          <div className="acts">
            {airflow == null ? null : (
              <a className="btn" href={airflow} target="_blank" rel="noreferrer">
                Open Airflow <Icon name="external" />
              </a>
            )}
            <RollBack head={head} releaseName={releaseName} />
          </div>
        </div>
        <nav className="tabs" aria-label="Deployment">
          {TABS.map(({ to, word }) => (
            <Link
              key={to}
              to={to}
              params={{ releaseName }}
              activeOptions={{ exact: true, includeSearch: false }}
              activeProps={{ "aria-current": "page" }}
            >
              {word}
            </Link>
          ))}
        </nav>
      </div>
    </div>
  );
}

/** Opens a dialog of the history page; on that page its filters stay. */
function useOpenOnHistory(releaseName: string): (open: HistorySearch) => void {
  const navigate = useNavigate();
  const shown = useMatch({ from: "/signed-in/deployments/$releaseName/history", shouldThrow: false })?.search;
  return (open) =>
    void navigate({
      to: "/deployments/$releaseName/history",
      params: { releaseName },
      search: { ...shown, ...open },
      resetScroll: shown === undefined,
    });
}

/** Leads to the plan for the last known good deploy, which it names; without one, to the history. */
function RollBack({ head, releaseName }: { readonly head: Head; readonly releaseName: string }) {
  const open = useOpenOnHistory(releaseName);
  const { lastKnownGood: good, currentRevision: current } = head;
  useKeys({
    r: () => open({ plan: LAST_KNOWN_GOOD }),
    u: () => {
      if (current?.isRollback === true && current.id === newestOf(head)?.id) open({ undo: current.id });
    },
  });
  if (good == null) {
    return (
      <Link className="btn" to="/deployments/$releaseName/history" params={{ releaseName }} search={{}}>
        <Icon name="back" />
        Roll back…
      </Link>
    );
  }
  const { allowed, blockers } = good.rollback;
  return (
    <AllowedButton
      className="btn"
      lack={allowed ? null : blockers.map(({ message, remedy }) => `${message} ${remedy ?? ""}`.trim()).join(" ")}
      onClick={() => open({ plan: String(good.number) })}
    >
      <Icon name={allowed ? "back" : "lock"} />
      Roll back to #{good.number}…
    </AllowedButton>
  );
}

function OfflineNote() {
  const connection = useStore(connectionStore);
  const zone = useStore(zoneStore);
  if (connection.state !== "lost") return null;
  const since = clock(new Date(connection.since).toISOString(), zone);
  return (
    <div className="wrap offline">
      <div className="note warn" role="status">
        <Icon name="signal" />
        <div>
          <p>
            <b>No live connection since {since.slice(0, 5)}.</b> This is the state of {since}; it updates by itself when
            the connection is back.
          </p>
        </div>
      </div>
    </div>
  );
}

export function DeploymentLayout() {
  const { releaseName } = useParams({ from: "/signed-in/deployments/$releaseName" });
  const { data: head, error, refetch } = useQuery(headQuery(releaseName));
  useLive(head?.id, releaseName);
  if (head === undefined) {
    return (
      <main id="main" className="wrap page">
        {error === null ? (
          <Loading what="the Deployment" />
        ) : (
          <Failed what="The Deployment" error={error} onRetry={() => void refetch()} />
        )}
      </main>
    );
  }
  return (
    <main id="main">
      <HeadBar head={head} releaseName={releaseName} />
      <OfflineNote />
      <DeploymentProvider value={head}>
        <Outlet />
      </DeploymentProvider>
      <ActionOutlet deploymentUuid={head.id} releaseName={releaseName} />
    </main>
  );
}
