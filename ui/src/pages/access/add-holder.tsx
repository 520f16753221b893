import { useMutation, useQuery } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { InviteDocument, TeamsToAddDocument, type Role } from "../../gql-admin";
import { ask, RequestFailed } from "../../lib/ask";
import { AllowedButton } from "../../parts/allowed-button";
import { Problem } from "../../parts/problem";
import { KIND } from "./holder-line";
import { roleWords, type Kind, type Scope } from "./scope";
import type { OnceText } from "./shown-once";

const KINDS: readonly Kind[] = ["user", "team", "account"];

interface AddHolderProps {
  readonly scope: Scope;
  readonly workspaceUuid: string | null;
  readonly lackFor: (kind: Kind) => string | null;
  readonly mayInvite: boolean;
  readonly onOnce: (once: OnceText) => void;
  readonly onChanged: () => void;
}

/** A password that nobody is told: the invited person sets another one. */
function unknownPassword(): string {
  return [...crypto.getRandomValues(new Uint8Array(24))].map((byte) => byte.toString(36).padStart(2, "0")).join("");
}

/** Gives a role to a person, a Team or a new service account; somebody without an account can be invited. */
export function AddHolder({ scope, workspaceUuid, lackFor, mayInvite, onOnce, onChanged }: AddHolderProps) {
  const [kind, setKind] = useState<Kind>("user");
  const [role, setRole] = useState<Role>(scope.roles.at(-1) ?? "WORKSPACE_VIEWER");
  const [typed, setTyped] = useState("");
  const { data: teams = [] } = useQuery({
    queryKey: ["teams-to-add", workspaceUuid],
    queryFn: async ({ signal }) =>
      (await ask(TeamsToAddDocument, { workspaceUuid: workspaceUuid ?? "" }, signal)).paginatedTeams?.teams ?? [],
    enabled: kind === "team" && workspaceUuid !== null,
  });
  const name = typed.trim();

  const add = useMutation({
    mutationFn: async ({ invites }: { invites: boolean }) => {
      if (kind === "team") return scope.addTeam(name, role);
      if (kind === "account") {
        const text = await scope.addAccount(name, role);
        onOnce({ title: `The key of ${name}.`, text, copyLabel: "Copy key", expiresAt: null });
        return;
      }
      if (invites) {
        const { createUser } = await ask(InviteDocument, { email: name, password: unknownPassword() });
        const invitation = createUser?.invitation;
        if (invitation != null)
          onOnce({
            title: `Hand this link to ${name}.`,
            text: invitation.url,
            copyLabel: "Copy link",
            expiresAt: invitation.expiresAt,
          });
      }
      return scope.addUser(name, role);
    },
    onSuccess: () => setTyped(""),
    onSettled: onChanged,
  });
  const isUnknown = kind === "user" && add.error instanceof RequestFailed && add.error.code === "NOT_FOUND";
  const lack = lackFor(kind);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (name !== "" && lack === null && !add.isPending) add.mutate({ invites: false });
  };
  const choose = (next: Kind): void => {
    setKind(next);
    setTyped("");
    add.reset();
  };
  const label = { user: "E-mail", team: "Team", account: "Name of the service account" }[kind];

  return (
    <form className="add-holder" onSubmit={submit} aria-label={`Add to ${scope.title}`}>
      <div className="seg" role="group" aria-label="Whom to add">
        {KINDS.map((one) => (
          <button key={one} type="button" aria-pressed={kind === one} onClick={() => choose(one)}>
            {KIND[one].word}
          </button>
        ))}
      </div>
      <div className="row">
        {kind === "team" ? (
          <label className="select grow">
            <span className="sr">{label}</span>
            <select value={typed} onChange={({ target }) => setTyped(target.value)}>
              <option value="">Choose a Team</option>
              {teams.map(({ id, name: team }) => (
                <option key={id} value={id}>
                  {team}
                </option>
              ))}
            </select>
          </label>
        ) : (
          <label className="field grow">
            <input
              type={kind === "user" ? "email" : "text"}
              autoComplete="off"
              spellCheck={false}
              aria-label={label}
              placeholder={label}
              value={typed}
              onChange={({ target }) => {
                setTyped(target.value);
                if (add.isError) add.reset();
              }}
            />
          </label>
        )}
        <label className="select">
          <span className="sr">Role</span>
          <select value={role} onChange={({ target }) => setRole(target.value as Role)}>
            {scope.roles.map((one) => (
              <option key={one} value={one}>
                {roleWords(one)}
              </option>
            ))}
          </select>
        </label>
        <AllowedButton
          className="btn"
          lack={lack}
          onClick={() => {
            if (name !== "" && !add.isPending) add.mutate({ invites: false });
          }}
        >
          Add
        </AllowedButton>
      </div>
      <div role="alert">
        {add.error === null ? null : isUnknown && mayInvite ? (
          <div className="note info">
            <div>
              <p>
                <b>Nobody here has the address {name}.</b> An invitation is a link that you hand on; they set a password
                by it.
              </p>
            </div>
            <div className="end">
              <button type="button" className="btn sm" onClick={() => add.mutate({ invites: true })}>
                Invite them
              </button>
            </div>
          </div>
        ) : (
          <Problem problem={add.error} unreachable="Look at the list, then try again." />
        )}
      </div>
    </form>
  );
}
