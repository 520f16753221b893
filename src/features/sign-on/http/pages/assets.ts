export const STYLE = /* css */ `:root {
  color-scheme: light dark;
  --page: #f6f7f9;
  --panel: #ffffff;
  --ink: #1b1f24;
  --quiet: #57606a;
  --line: #c4cad1;
  --field: #7d858e;
  --accent: #2f4fd0;
  --on-accent: #ffffff;
  --bad: #a3191f;
  --bad-panel: #fdeeee;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0f1216;
    --panel: #181c22;
    --ink: #e7eaee;
    --quiet: #9aa4af;
    --line: #3c444e;
    --field: #77818c;
    --accent: #9db2ff;
    --on-accent: #10131a;
    --bad: #ffb3b0;
    --bad-panel: #3a1c1e;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem;
  background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif;
}
main {
  width: 100%; max-width: 30rem; padding: 2rem; min-width: 0;
  background: var(--panel); border: 1px solid var(--line); border-radius: .75rem;
}
.product { margin: 0 0 1.25rem; font-weight: 600; color: var(--accent); }
h1 { font-size: 1.5rem; line-height: 1.2; margin: 0 0 .35rem; }
h2 { font-size: 1rem; margin: 1.5rem 0 .25rem; }
p { margin: .35rem 0 1rem; overflow-wrap: anywhere; }
.quiet { color: var(--quiet); font-size: .9rem; }
ol { margin: 0 0 1rem; padding-left: 1.4rem; }
code, textarea { font-family: ui-monospace, Menlo, Consolas, monospace; }
code { font-size: .9em; }
label { display: block; margin: 1rem 0 .25rem; font-weight: 500; }
input, textarea {
  display: block; width: 100%; padding: .6rem .7rem; font-size: 1rem;
  color: var(--ink); background: var(--page); border: 1px solid var(--field); border-radius: .4rem;
}
input { font-family: inherit; }
textarea { font-size: .85rem; line-height: 1.4; resize: vertical; overflow-wrap: anywhere; word-break: break-all; }
button, .button {
  display: block; width: 100%; padding: .65rem 1rem; font: inherit; font-weight: 500; text-align: center;
  text-decoration: none; color: var(--ink); background: var(--page); border: 1px solid var(--field);
  border-radius: .4rem; cursor: pointer;
}
button.primary, .button.primary { color: var(--on-accent); background: var(--accent); border-color: var(--accent); }
button:hover, .button:hover { filter: brightness(1.06); }
[hidden] { display: none; }
form button { margin-top: 1.25rem; }
nav { margin: 1rem 0; }
nav .button + .button { margin-top: .6rem; }
.row { margin-top: .75rem; }
.row p { margin: .35rem 0 0; color: var(--quiet); }
.or { display: flex; align-items: center; gap: .75rem; margin: 1rem 0; color: var(--quiet); }
.or::before, .or::after { content: ""; flex: 1; border-top: 1px solid var(--line); }
.problem, .notice { margin: 1rem 0; }
.problem { padding: .7rem .9rem; color: var(--bad); background: var(--bad-panel); border: 1px solid currentColor; border-radius: .4rem; }
.notice { padding: .7rem .9rem; border: 1px solid var(--line); border-radius: .4rem; }
main > :last-child { margin-bottom: 0; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
@media (max-width: 26rem) { main { padding: 1.25rem; } }
`;

/** Sent to the browser as it is. Without it the token can be selected by hand. */
export const SCRIPT = /* js */ `"use strict";
const button = document.getElementById("copy");
if (button) {
  const field = document.getElementById("token");
  const said = document.getElementById("copied");
  button.hidden = false;
  field.addEventListener("focus", () => field.select());
  button.addEventListener("click", async () => {
    let copied = true;
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      // Browsers have no clipboard for pages that come by http.
      field.select();
      copied = document.execCommand("copy");
      button.focus();
    }
    said.textContent = copied ? "Copied. Paste it where astro login asks for a token." : "Select the token and copy it by hand.";
  });
}
`;
