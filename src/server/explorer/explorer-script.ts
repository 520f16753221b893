import { EXAMPLES } from "./explorer-examples";

/**
 * Runs in the browser as it is written here: plain JavaScript, without template literals of its own. The token stays in
 * its field, and is gone when the page is.
 */
export const EXPLORER_SCRIPT = /* js */ `"use strict";
const EXAMPLES = ${JSON.stringify(EXAMPLES)};
const SIGN_IN =
  "mutation SignIn($identity: String, $password: String!) {" +
  " createToken(identity: $identity, password: $password) { token { value } } }";

const $ = (id) => document.getElementById(id);
const endpoint = location.pathname;

async function ask(query, variables) {
  const headers = { "content-type": "application/json" };
  const token = $("token").value.trim();
  if (token !== "") headers.authorization = token;
  const response = await fetch(endpoint, { method: "POST", headers, body: JSON.stringify({ query, variables }) });
  const text = await response.text();
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    throw new Error("HTTP " + response.status + ": " + text.slice(0, 500));
  }
  return { status: response.status, requestId: response.headers.get("x-request-id"), body };
}

/** Ids from earlier responses, by the variable that takes them. */
const known = {};

function learn(data) {
  const first = (list) => (list && list[0] ? list[0].id : undefined);
  const { workspaces, workspaceDeployments, deployRevisions } = data || {};
  const targets = deployRevisions && deployRevisions.nodes && deployRevisions.nodes.filter(({ rollback }) => rollback && rollback.allowed);
  const ids = { workspaceUuid: first(workspaces), deploymentUuid: first(workspaceDeployments), deployRevisionId: first(targets) };
  for (const [variable, id] of Object.entries(ids)) if (id) known[variable] = id;
}

function showExample(example) {
  const fill = (variable, value) => (variable in known ? known[variable] : value);
  $("query").value = example.query;
  $("variables").value = JSON.stringify(example.variables, fill, 2);
}

async function run() {
  if ($("run").disabled) return;
  let variables;
  try {
    variables = JSON.parse($("variables").value.trim() || "{}");
  } catch (error) {
    $("status").textContent = "The variables are not valid JSON: " + error.message;
    $("variables").focus();
    return;
  }
  $("run").disabled = true;
  $("status").textContent = "Waiting for the answer …";
  const startedAt = performance.now();
  try {
    const { status, requestId, body } = await ask($("query").value, variables);
    const ms = Math.round(performance.now() - startedAt);
    const problem = body.errors && body.errors[0];
    // The dialect has the same message for a missing permission.
    const signedOut = problem && problem.extensions && problem.extensions.code === "UNAUTHENTICATED";
    const outcome = problem ? "refused: " + (signedOut ? "sign in first, or again" : problem.message) : "done";
    $("status").textContent = "HTTP " + status + ", " + ms + " ms, " + outcome + " (request " + requestId + ")";
    $("answer").textContent = JSON.stringify(body, null, 2);
    learn(body.data);
  } catch (error) {
    $("status").textContent = "No answer: " + error.message;
    $("answer").textContent = "";
  } finally {
    $("run").disabled = false;
  }
}

async function signIn(event) {
  event.preventDefault();
  const form = event.target;
  $("signed-in").textContent = "Signing in …";
  try {
    // Signing in must not fail because of an old token.
    $("token").value = "";
    const { body } = await ask(SIGN_IN, { identity: form.identity.value, password: form.password.value });
    const token = body.data && body.data.createToken && body.data.createToken.token;
    if (!token) throw new Error(body.errors ? body.errors[0].message : "no token came back");
    $("token").value = token.value;
    form.password.value = "";
    $("signed-in").textContent = "Signed in; requests carry your token.";
  } catch (error) {
    $("signed-in").textContent = "Not signed in: " + error.message;
  }
}

$("endpoint").textContent = "POST " + location.origin + endpoint;
for (const [index, example] of EXAMPLES.entries()) $("examples").add(new Option(example.title, index));
$("examples").addEventListener("change", () => showExample(EXAMPLES[$("examples").value]));
$("sign-in").addEventListener("submit", signIn);
$("run").addEventListener("click", run);
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    run();
  }
});
showExample(EXAMPLES[0]);
`;
