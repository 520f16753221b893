import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const ROOT = join(__dirname, "..", "..");

/** One fenced block of a page. */
export interface Block {
  /** The page and the line of the fence, as in `docs/deploying.md:12`. */
  readonly name: string;
  readonly page: string;
  readonly language: string;
  readonly text: string;
  /** Of a block of `sh`: the answer that the page shows behind it. */
  readonly answer: string | null;
  /** Why the block cannot run here, as a comment `<!-- not run: … -->` in front of it says; null if it runs. */
  readonly notRun: string | null;
}

const FENCE = /^ *```(.*)$/;
const MARK = /^ *<!-- not run: (.*) -->$/;

/** README.md, then the guides in its order, then all other pages. */
export function pages(): string[] {
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");
  const linked = [...readme.matchAll(/\]\((docs\/[^)#]+\.md)/g)].map(([, page = ""]) => page);
  const all = readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => `docs/${file}`);
  return ["README.md", ...new Set([...linked, ...all.sort()])];
}

export function blocksOf(page: string, text = readFileSync(join(ROOT, page), "utf8")): Block[] {
  const blocks: Block[] = [];
  const lines = text.split("\n");
  for (let at = 0; at < lines.length; at++) {
    const language = FENCE.exec(lines[at]!)?.[1]?.trim();
    if (language === undefined) continue;
    const end = lines.findIndex((line, index) => index > at && FENCE.test(line));
    if (end < 0) throw new Error(`${page}:${at + 1}: the block has no end`);
    const body = lines.slice(at + 1, end).join("\n");
    const before = blocks.at(-1);
    if (language === "json" && before?.language === "sh" && before.answer === null)
      blocks[blocks.length - 1] = { ...before, answer: body };
    else {
      const notRun = MARK.exec(lines[at - 1] ?? "")?.[1] ?? null;
      blocks.push({ name: `${page}:${at + 1}`, page, language, text: body, answer: null, notRun });
    }
    at = end;
  }
  return blocks;
}

/** What stands for something that differs each time, and its pattern. An id may be cut off with `…`. */
const VARIABLE: readonly (readonly [RegExp, string])[] = [
  [/[0-9a-f]{6,8}(?:-[0-9a-f]{4})*-?…/, "[0-9a-f-]{36}"],
  [/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/, "[0-9a-f-]{36}"],
  [/\d{4}-\d\d-\d\dT[\d:.]+Z/, String.raw`\d{4}-\d\d-\d\dT[\d:.]+Z`],
  [/…/, ".*"],
];

/** Answers are printed on one line each, and broken in the pages to be read. `…` stands for anything. */
export function looksLike(answer: string): RegExp {
  const parts = oneLine(answer).split(new RegExp(`(${VARIABLE.map(([text]) => text.source).join("|")})`));
  const patterns = parts.map((part, index) =>
    index % 2 === 0
      ? part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")
      : VARIABLE.find(([text]) => new RegExp(`^${text.source}$`).test(part))![1],
  );
  return new RegExp(`^${patterns.join("")}$`);
}

export const oneLine = (text: string): string =>
  text
    .split("\n")
    .map((line) => line.trim())
    .join("");
