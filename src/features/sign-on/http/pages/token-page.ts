import { html } from "./html";
import { page } from "./layout";

export interface TokenPage {
  readonly endpoint: string;
  /** The page's own path. */
  readonly path: string;
  readonly person: string;
  readonly email: string | null;
  readonly token: string;
  readonly expiresAtMs: number;
  readonly nowMs: number;
}

const MINUTE_MS = 60_000;
const MOMENT = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "short", timeZone: "UTC" });

export function tokenPage({ endpoint, path, person, email, token, expiresAtMs, nowMs }: TokenPage): string {
  const expires = new Date(expiresAtMs);
  return page({
    title: "Your token",
    endpoint,
    body: html`<h1>Your token</h1>
<p>Signed in as <strong>${person}</strong>${email === null || email === person ? null : html` <span class="quiet">${email}</span>`}</p>
<label for="token">Token for <code>astro login</code></label>
<textarea id="token" rows="7" readonly autocomplete="off" spellcheck="false" translate="no" aria-describedby="expiry">${token}</textarea>
<div class="row">
<button class="primary" id="copy" type="button" hidden>Copy token</button>
<p id="copied" role="status"></p>
</div>
<p class="quiet" id="expiry">Valid until <time datetime="${expires.toISOString()}">${MOMENT.format(expires)} UTC</time>, ${lasting(expiresAtMs - nowMs)} from now, and only while you have access. For a longer one sign out and in again.</p>
<h2>How to use it</h2>
<ol>
<li>Run <code>astro login</code> with the domain of this installation.</li>
<li>Press Enter where it asks for a user name.</li>
<li>Paste the token where it asks for one.</li>
</ol>
<p class="quiet">Whoever has the token can act in your name: give it to nobody.</p>
<form method="post" action="${path}/sign-out"><button>Sign out</button></form>`,
  });
}

function lasting(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / MINUTE_MS));
  const [amount, unit] = minutes >= 60 ? [Math.round(minutes / 60), "hour"] : [minutes, "minute"];
  return `${amount} ${unit}${amount === 1 ? "" : "s"}`;
}
