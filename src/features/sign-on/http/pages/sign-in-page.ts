import { html } from "./html";
import { page } from "./layout";

export interface SignInPage {
  readonly endpoint: string;
  /** Where the form goes: the page's own path. */
  readonly path: string;
  readonly localEnabled: boolean;
  readonly providers: readonly { readonly displayName: string; readonly url: string }[];
  /** An error, or a message about what happened before. */
  readonly problem?: string;
  readonly notice?: string;
  /** The user name of the last attempt. */
  readonly identity?: string;
}

export function signInPage({
  endpoint,
  path,
  localEnabled,
  providers,
  problem,
  notice,
  identity = "",
}: SignInPage): string {
  const links = providers.map(
    ({ displayName, url }) =>
      html`<a class="button${localEnabled ? "" : " primary"}" href="${url}">Sign in with ${displayName}</a>\n`,
  );
  const form = html`<form method="post" action="${path}">
<label for="identity">E-mail or user name</label>
<input id="identity" name="identity" autocomplete="username" autocapitalize="none" spellcheck="false" required value="${identity}"${problem === undefined ? null : html` aria-describedby="problem"`}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button class="primary">Sign in</button>
</form>`;
  return page({
    title: "Sign in",
    endpoint,
    body: html`<h1>Sign in</h1>
<p>to get a token for <code>astro login</code></p>
${problem === undefined ? null : html`<p class="problem" id="problem" role="alert">${problem}</p>`}
${notice === undefined ? null : html`<p class="notice" role="status">${notice}</p>`}
${localEnabled ? form : null}
${localEnabled && links.length > 0 ? html`<p class="or">or</p>` : null}
${links.length > 0 ? html`<nav aria-label="Other ways to sign in">\n${links}</nav>` : null}
${!localEnabled && links.length === 0 ? html`<p class="problem">This installation has no way to sign in: passwords are switched off, and no provider is switched on.</p>` : null}`,
  });
}
