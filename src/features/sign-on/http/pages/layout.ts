import { html, type Markup } from "./html";

export interface PageParts {
  readonly title: string;
  /** Path of the API, beside which style and script lie. */
  readonly endpoint: string;
  readonly body: Markup;
}

/** The frame of all sign-in pages. They work without the script. */
export const page = ({ title, endpoint, body }: PageParts): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title} · Retrograde</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${endpoint}/sign-on/sign-on.css">
<script src="${endpoint}/sign-on/sign-on.js" defer></script>
</head>
<body>
<main>
<p class="product">Retrograde</p>
${body}
</main>
</body>
</html>
`.text;
