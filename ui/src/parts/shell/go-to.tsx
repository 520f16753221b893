import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useDeferredValue, useState, type KeyboardEvent } from "react";
import { DeploymentsDocument } from "../../gql";
import { ask } from "../../lib/ask";
import { LAST_KNOWN_GOOD, type HistorySearch } from "../../lib/search";
import { deploymentStatus } from "../../lib/words";
import { Icon } from "../icon";
import { ModalDialog } from "../modal";
import { Status } from "../status";

const SHOWN = 12;

export function GoTo({ onClose }: { readonly onClose: () => void }) {
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState(0);
  const name = useDeferredValue(typed.trim());
  const navigate = useNavigate();
  const { data: found = [] } = useQuery({
    queryKey: ["go-to", name],
    queryFn: async ({ signal }) =>
      (await ask(DeploymentsDocument, { name: name === "" ? null : name, cursor: null, take: SHOWN }, signal))
        .paginatedDeployments ?? [],
    placeholderData: (previous) => previous,
  });
  const active = Math.min(chosen, found.length - 1);

  const open = (index: number, search: HistorySearch = {}): void => {
    const releaseName = found[index]?.releaseName;
    if (releaseName == null) return;
    onClose();
    void navigate({ to: "/deployments/$releaseName/history", params: { releaseName }, search });
  };
  const onKey = (event: KeyboardEvent): void => {
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move !== undefined) {
      event.preventDefault();
      setChosen(Math.max(0, Math.min(found.length - 1, active + move)));
    } else if (event.key === "Enter") {
      event.preventDefault();
      open(active, event.ctrlKey || event.metaKey ? { plan: LAST_KNOWN_GOOD } : {});
    }
  };

  return (
    <ModalDialog title="Go to a Deployment" size="small" dismissable onClose={onClose}>
      <div className="body">
        <label className="field full">
          <Icon name="search" />
          <input
            autoFocus
            role="combobox"
            aria-label="Name or release name"
            aria-expanded="true"
            aria-controls="go-to-list"
            aria-activedescendant={found.length === 0 ? undefined : `go-to-${active}`}
            placeholder="Name or release name"
            value={typed}
            onChange={({ target }) => {
              setTyped(target.value);
              setChosen(0);
            }}
            onKeyDown={onKey}
          />
        </label>
        <ul id="go-to-list" role="listbox" aria-label="Deployments" className="go-to">
          {found.map((deployment, index) => (
            <li
              key={deployment.id}
              id={`go-to-${index}`}
              role="option"
              aria-selected={index === active}
              onClick={() => open(index)}
            >
              <span className="grow">
                <b>{deployment.label}</b> <span className="mono quiet">{deployment.releaseName}</span>
              </span>
              <Status words={deploymentStatus(deployment.deployRevisions.nodes[0], deployment.currentRevision)} />
            </li>
          ))}
        </ul>
        <p className="quiet">
          {found.length === 0
            ? "No Deployment matches."
            : "Enter opens its history, Ctrl-Enter its way back to the last known good deploy."}
        </p>
      </div>
    </ModalDialog>
  );
}
