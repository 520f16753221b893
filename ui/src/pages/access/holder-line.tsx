import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { Role } from "../../gql-admin";
import type { IconName } from "../../lib/icon-shapes";
import { AllowedButton } from "../../parts/allowed-button";
import { Icon } from "../../parts/icon";
import { Problem } from "../../parts/problem";
import { roleWords, type Holder, type Kind, type Scope } from "./scope";

export const KIND: Readonly<Record<Kind, { readonly icon: IconName; readonly word: string }>> = {
  user: { icon: "person", word: "Person" },
  team: { icon: "layers", word: "Team" },
  account: { icon: "robot", word: "Service account" },
};

interface HolderLineProps {
  readonly holder: Holder;
  readonly scope: Scope;
  /** Why the caller may not change it; null where they may. */
  readonly setLack: string | null;
  readonly removeLack: string | null;
  readonly onChanged: () => void;
}

/** One who has a role: it is saved as soon as it is chosen; to remove it takes a second click. */
export function HolderLine({ holder, scope, setLack, removeLack, onChanged }: HolderLineProps) {
  const [asks, setAsks] = useState(false);
  const change = useMutation({
    mutationFn: (role: Role | null) => (role === null ? scope.remove(holder) : scope.setRole(holder, role)),
    onSettled: () => {
      setAsks(false);
      onChanged();
    },
  });
  const { icon, word } = KIND[holder.kind];
  const role = change.isPending && change.variables !== null ? change.variables : holder.role;
  // A role that this page does not give, such as one of the system, is shown as it is.
  const roles = scope.roles.includes(holder.role) ? scope.roles : [holder.role, ...scope.roles];
  return (
    <>
      <div className="rowline holder">
        <Icon name={icon} label={word} />
        <div>
          <b>{holder.name}</b>
          {holder.note === "" ? null : <p>{holder.note}</p>}
        </div>
        {setLack === null ? (
          <label className="select">
            <span className="sr">Role of {holder.name}</span>
            <select
              value={role}
              disabled={change.isPending}
              onChange={({ target }) => change.mutate(target.value as Role)}
            >
              {roles.map((one) => (
                <option key={one} value={one}>
                  {roleWords(one)}
                </option>
              ))}
            </select>
          </label>
        ) : (
          <span className="soft">{roleWords(holder.role)}</span>
        )}
        {asks ? (
          <>
            <button type="button" className="btn sm" onClick={() => setAsks(false)}>
              Keep
            </button>
            <button
              type="button"
              className="btn sm danger"
              autoFocus
              aria-label={`Really remove ${holder.name}`}
              onClick={() => change.mutate(null)}
            >
              Really remove
            </button>
          </>
        ) : (
          <AllowedButton lack={removeLack} label={`Remove… ${holder.name}`} onClick={() => setAsks(true)}>
            Remove…
          </AllowedButton>
        )}
      </div>
      {change.error === null ? null : (
        <div role="alert" className="holder-problem">
          <Problem problem={change.error} unreachable="Look at the list, then try again." />
        </div>
      )}
    </>
  );
}
