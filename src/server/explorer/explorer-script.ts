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

/** Ids from earlier requests and responses, by the variable that takes them. Each belongs to the one before it. */
const known = {};
const ORDER = ["workspaceUuid", "deploymentUuid", "deployRevisionId"];

/** Another id leaves nothing known of what belonged to the one before. */
function remember(variable, id) {
  if (!id || known[variable] === id) return;
  known[variable] = id;
  for (const below of ORDER.slice(ORDER.indexOf(variable) + 1)) delete known[below];
}

/** From a list: what is known already, if it is in there, or else the first. */
function choose(variable, list) {
  const ids = (list || []).map(({ id }) => id);
  if (!ids.includes(known[variable])) remember(variable, ids[0]);
}

/** What was asked for comes first: the answer is about that, and not about what was known before. */
function learn(variables, data) {
  for (const variable of ORDER) remember(variable, variables[variable]);
  const { workspaces, workspaceDeployments, deployRevisions } = data || {};
  choose("workspaceUuid", workspaces);
  choose("deploymentUuid", workspaceDeployments);
  const nodes = (deployRevisions && deployRevisions.nodes) || [];
  choose("deployRevisionId", nodes.filter(({ rollback }) => rollback && rollback.allowed));
}

/** Edited queries by example, and the text of the example as it was shown. */
const drafts = new Map();
let shown;

const texts = () => ({ query: $("query").value, variables: $("variables").value });

function showExample(index) {
  if (shown) {
    const { query, variables } = texts();
    const isEdited = query !== shown.query || variables !== shown.variables;
    if (isEdited) drafts.set(shown.index, { query, variables: variables === shown.variables ? undefined : variables });
    if (isEdited) $("status").textContent = "Your changes of “" + EXAMPLES[shown.index].title + "” are kept: choose it again to have them back.";
  }
  const example = EXAMPLES[index];
  const fill = (variable, value) => (variable in known ? known[variable] : value);
  const { query = example.query, variables = JSON.stringify(example.variables, fill, 2) } = drafts.get(index) || {};
  $("query").value = query;
  $("variables").value = variables;
  shown = { index, query, variables };
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
    if (!problem) {
      learn(variables, body.data);
      // They are known now, and no draft.
      shown.variables = $("variables").value;
    }
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
$("examples").addEventListener("change", () => showExample(Number($("examples").value)));
$("sign-in").addEventListener("submit", signIn);
$("run").addEventListener("click", run);
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    run();
  }
});
showExample(0);
`;
