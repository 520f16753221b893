import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { CreateFirstUserDocument } from "../../gql";
import { ask } from "../../lib/ask";
import { signIn } from "../../lib/session";
import { Problem } from "../../parts/problem";

/** Makes the first user of an installation, who becomes its administrator, with the secret that the start has printed. */
export function FirstRunForm({ onSignedIn }: { readonly onSignedIn: () => void }) {
  const queryClient = useQueryClient();
  const [secret, setSecret] = useState("");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [missing, setMissing] = useState(false);
  const create = useMutation({
    mutationFn: async () => {
      await ask(CreateFirstUserDocument, { email: email.trim(), password, inviteToken: secret.trim() });
      await signIn(email.trim(), password);
    },
    onSuccess: onSignedIn,
    // Somebody else may have been faster.
    onError: () => void queryClient.invalidateQueries({ queryKey: ["auth-config"] }),
  });
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const isMissing = secret.trim() === "" || email.trim() === "" || password === "";
    setMissing(isMissing);
    if (!isMissing && !create.isPending) create.mutate();
  };
  return (
    <form className="fields" onSubmit={submit} noValidate>
      <label>
        Secret
        <input
          autoComplete="off"
          spellCheck={false}
          autoFocus
          value={secret}
          onChange={({ target }) => setSecret(target.value)}
        />
      </label>
      <label>
        E-mail
        <input
          type="email"
          autoComplete="username"
          spellCheck={false}
          value={email}
          onChange={({ target }) => setEmail(target.value)}
        />
      </label>
      <label>
        Password, 8 characters or more
        <input
          type="password"
          autoComplete="new-password"
          value={password}
          onChange={({ target }) => setPassword(target.value)}
        />
      </label>
      <div role="alert">
        {missing ? <p className="note bad">Enter the secret, your e-mail address and a password.</p> : null}
        {create.error === null || missing ? null : (
          <Problem problem={create.error} unreachable="It may have arrived: try to sign in." />
        )}
      </div>
      <button type="submit" className="btn primary lg" disabled={create.isPending}>
        {create.isPending ? "Creating…" : "Create the account and sign in"}
      </button>
    </form>
  );
}
