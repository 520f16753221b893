/** The explorer's markup; it never contains text of a request. `endpoint` is the path of the API. */
export const explorerPage = (endpoint: string): string => /* html */ `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Retrograde · API explorer</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${endpoint}/explorer/explorer.css">
<script src="${endpoint}/explorer/explorer.js" defer></script>
</head>
<body>
<header>
  <h1>Retrograde <small>API explorer</small></h1>
  <p id="endpoint"></p>
</header>
<main>
  <section aria-labelledby="access-heading">
    <h2 id="access-heading">Access</h2>
    <form id="sign-in">
      <label>E-mail or username <input name="identity" autocomplete="username" required></label>
      <label>Password <input name="password" type="password" autocomplete="current-password" required></label>
      <button>Sign in</button>
    </form>
    <label>Token, or a service account's API key
      <input id="token" type="password" autocomplete="off" spellcheck="false">
    </label>
    <p id="signed-in" role="status"></p>
  </section>
  <section aria-labelledby="request-heading">
    <h2 id="request-heading">Request</h2>
    <div class="row">
      <label>Example <select id="examples"></select></label>
      <button id="run" type="button" class="primary">Run</button>
    </div>
    <label>Query <textarea id="query" rows="12" spellcheck="false" autocapitalize="off" aria-describedby="run-hint"></textarea></label>
    <label>Variables, as JSON <textarea id="variables" rows="5" spellcheck="false" autocapitalize="off"></textarea></label>
    <p id="run-hint">Ctrl-Enter (⌘-Enter) runs it, too.</p>
  </section>
  <section aria-labelledby="answer-heading">
    <h2 id="answer-heading">Answer</h2>
    <p id="status" role="status">Nothing was asked yet.</p>
    <pre id="answer" tabindex="0" aria-labelledby="answer-heading"></pre>
  </section>
</main>
<noscript><p>The explorer needs JavaScript; the API itself answers any HTTP client.</p></noscript>
</body>
</html>
`;
