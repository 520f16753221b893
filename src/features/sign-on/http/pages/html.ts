import { escapeHtml } from "../../../../infrastructure/http/escape-html";

/** Markup that is safe to send. */
export class Markup {
  constructor(readonly text: string) {}
}

type Insertable = Markup | readonly Markup[] | string | null;

function inserted(value: Insertable): string {
  if (value === null) return "";
  if (typeof value === "string") return escapeHtml(value);
  return value instanceof Markup ? value.text : value.map(({ text }) => text).join("");
}

/** Markup as it is written; texts that are put into it are escaped, also inside quoted attributes. */
export const html = (strings: TemplateStringsArray, ...values: readonly Insertable[]): Markup =>
  new Markup(String.raw({ raw: strings }, ...values.map(inserted)));
