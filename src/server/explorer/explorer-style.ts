export const EXPLORER_STYLE = /* css */ `:root {
  color-scheme: light dark;
  --page: #f6f7f9;
  --panel: #ffffff;
  --ink: #1b1f24;
  --quiet: #57606a;
  --line: #c4cad1;
  --accent: #2f4fd0;
  --on-accent: #ffffff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0f1216;
    --panel: #181c22;
    --ink: #e7eaee;
    --quiet: #9aa4af;
    --line: #3c444e;
    --accent: #9db2ff;
    --on-accent: #10131a;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.45 system-ui, sans-serif; }
header { padding: 1rem 1rem 0; max-width: 90rem; margin: auto; }
h1 { font-size: 1.3rem; margin: 0; }
h1 small { font-weight: 400; color: var(--quiet); }
h2 { font-size: 1rem; margin: 0 0 .6rem; }
p { margin: .3rem 0; color: var(--quiet); }
main { display: grid; gap: 1rem; padding: 1rem; max-width: 90rem; margin: auto; }
section { background: var(--panel); border: 1px solid var(--line); border-radius: .5rem; padding: 1rem; min-width: 0; }
label { display: block; margin: 0 0 .6rem; color: var(--quiet); font-size: .875rem; }
input, textarea, select {
  display: block; width: 100%; margin-top: .2rem; padding: .5rem; font: inherit; font-size: 1rem;
  color: var(--ink); background: var(--page); border: 1px solid var(--line); border-radius: .3rem;
}
textarea, pre { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: .875rem; }
textarea { resize: vertical; }
button {
  font: inherit; padding: .5rem 1rem; border-radius: .3rem; border: 1px solid var(--line);
  color: var(--ink); background: var(--page); cursor: pointer;
}
button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
button:disabled { opacity: .6; cursor: default; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
pre { margin: 0; overflow: auto; max-height: 70vh; white-space: pre-wrap; overflow-wrap: anywhere; }
form { margin-bottom: 1rem; }
.row { display: flex; gap: .6rem; align-items: end; margin-bottom: .6rem; }
.row label { flex: 1; margin: 0; }
#run-hint { font-size: .875rem; }
@media (min-width: 60rem) {
  main { grid-template-columns: 1fr 1fr; align-items: start; }
  section:first-child { grid-column: 1 / -1; }
  form { display: flex; gap: .6rem; align-items: end; }
  form label { flex: 1; margin: 0; }
}
`;
