import { html } from "./html";
import { page } from "./layout";

export interface InvitationPage {
  readonly endpoint: string;
  /** Where the form goes. */
  readonly path: string;
  readonly localEnabled: boolean;
  readonly providers: readonly { readonly displayName: string; readonly url: string }[];
  readonly email: string;
  readonly token: string;
  /** For the first user of an installation, who chooses the address. */
  readonly isFirst: boolean;
  /** What went wrong. */
  readonly problem?: string;
}

export function invitationPage({
  endpoint,
  path,
  localEnabled,
  providers,
  email,
  token,
  isFirst,
  problem,
}: InvitationPage): string {
  const title = isFirst ? "Set up this installation" : "Set your password";
  const links = providers.map(
    ({ displayName, url }) => html`<a class="button" href="${url}">Sign in with ${displayName}</a>\n`,
  );
  const form = html`<form method="post" action="${path}">
<input type="hidden" name="token" value="${token}">${isFirst ? html`<input type="hidden" name="first" value="">` : null}
<label for="email">E-mail</label>
<input id="email" name="email" type="email" autocomplete="username" required${isFirst ? null : " readonly"} value="${email}">
<label for="password">Your new password</label>
<input id="password" name="password" type="password" autocomplete="new-password" required minlength="8" maxlength="128"${problem === undefined ? null : html` aria-describedby="problem"`}>
<button class="primary">Set password and sign in</button>
</form>`;
  return page({
    title,
    endpoint,
    body: html`<h1>${title}</h1>
${isFirst ? html`<p>The first user becomes its administrator.</p>` : html`<p>You were invited as <strong>${email}</strong>.</p>`}
${problem === undefined ? null : html`<p class="problem" id="problem" role="alert">${problem}</p>`}
${localEnabled ? form : null}
${localEnabled && links.length > 0 ? html`<p class="or">or</p>` : null}
${links.length > 0 ? html`<nav aria-label="Other ways to sign in">\n${links}</nav>` : null}`,
  });
}
