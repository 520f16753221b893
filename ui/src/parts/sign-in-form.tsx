import { useQuery } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { authConfigQuery } from "../lib/auth-config";
import { signIn } from "../lib/session";
import { Icon } from "./icon";

interface SignInProps {
  /** The path to come back to from a provider. */
  readonly returnTo: string;
  readonly onSignedIn: () => void;
  /** Whom to expect, after a session has ended. */
  readonly username?: string;
}

/** Providers first, where there are any, then name and password. */
export function SignInForm({ returnTo, onSignedIn, username = "" }: SignInProps) {
  const [identity, setIdentity] = useState(username);
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const config = useQuery({ ...authConfigQuery(returnTo), select: ({ authConfig }) => authConfig });
  const providers = config.data?.providers ?? [];
  const local = config.data?.localEnabled !== false;
  // Where there are passwords and no provider, the service names its own page: this is it.
  const shown = providers.filter(
    ({ url, name }) => url != null && !(local && providers.length === 1 && name === "local"),
  );

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (busy) return;
    if (identity.trim() === "" || password === "") {
      setProblem("Enter a user name and a password.");
      return;
    }
    setBusy(true);
    setProblem(null);
    signIn(identity.trim(), password)
      .then(onSignedIn)
      .catch((error: unknown) => {
        setProblem(error instanceof Error ? error.message : String(error));
        setBusy(false);
      });
  };

  return (
    <>
      {shown.map(({ name, displayName, url }) => (
        <a key={name} className="btn primary lg" href={url ?? ""}>
          Continue with {displayName ?? name}
        </a>
      ))}
      {shown.length > 0 && local ? <div className="or">or with a password</div> : null}
      {local ? (
        <form className="fields" onSubmit={submit} noValidate>
          <label>
            E-mail or user name
            <input
              name="username"
              autoComplete="username"
              autoCapitalize="none"
              spellCheck={false}
              autoFocus={username === ""}
              value={identity}
              onChange={({ target }) => setIdentity(target.value)}
            />
          </label>
          <label>
            Password
            <input
              name="password"
              type="password"
              autoComplete="current-password"
              autoFocus={username !== ""}
              value={password}
              onChange={({ target }) => setPassword(target.value)}
            />
          </label>
          <div role="alert">
            {problem === null ? null : (
              <p className="note bad">
                <Icon name="circle-x" />
                {problem}
              </p>
            )}
          </div>
          <button type="submit" className={shown.length > 0 ? "btn lg" : "btn primary lg"} disabled={busy}>
            {busy ? "Signing in…" : "Sign in"}
          </button>
        </form>
      ) : null}
    </>
  );
}
