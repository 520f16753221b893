import { html } from "./html";
import { page } from "./layout";

export interface InvitationPage {
  readonly endpoint: string;
  /** Where the form goes. */
  readonly path: string;
  readonly email: string;
  readonly token: string;
  /** What went wrong. */
  readonly problem?: string;
}

export const invitationPage = ({ endpoint, path, email, token, problem }: InvitationPage): string =>
  page({
    title: "Set your password",
    endpoint,
    body: html`<h1>Set your password</h1>
<p>You were invited as <strong>${email}</strong>.</p>
${problem === undefined ? null : html`<p class="problem" id="problem" role="alert">${problem}</p>`}
<form method="post" action="${path}">
<input type="hidden" name="token" value="${token}">
<label for="email">E-mail</label>
<input id="email" name="email" type="email" autocomplete="username" readonly value="${email}">
<label for="password">Your new password</label>
<input id="password" name="password" type="password" autocomplete="new-password" required minlength="8" maxlength="128"${problem === undefined ? null : html` aria-describedby="problem"`}>
<button class="primary">Set password and sign in</button>
</form>`,
  });
