import { html } from "./html";
import { page } from "./layout";

export interface ProblemPage {
  readonly endpoint: string;
  readonly message: string;
  readonly requestId: string;
  /** Where to begin again. */
  readonly signInUrl: string;
}

export const problemPage = ({ endpoint, message, requestId, signInUrl }: ProblemPage): string =>
  page({
    title: "Not signed in",
    endpoint,
    body: html`<h1>Not signed in</h1>
<p class="problem" role="alert">${message}</p>
<nav><a class="button primary" href="${signInUrl}">Back to signing in</a></nav>
<p class="quiet">Request <code>${requestId}</code></p>`,
  });
