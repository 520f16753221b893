export interface PatchLine {
  readonly kind: "hunk" | "same" | "add" | "del";
  readonly from: number | null;
  readonly to: number | null;
  readonly text: string;
  /** The part of the line that differs from its counterpart: [begin, end). */
  readonly mark?: readonly [number, number];
}

const HUNK = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@ ?(.*)$/;

/** The part that differs; undefined where hardly anything is the same, so that nothing would be gained by marking it. */
function marksOf(del: string, add: string): [[number, number], [number, number]] | undefined {
  const shorter = Math.min(del.length, add.length);
  let begin = 0;
  while (begin < shorter && del[begin] === add[begin]) begin++;
  let end = 0;
  while (end < shorter - begin && del[del.length - 1 - end] === add[add.length - 1 - end]) end++;
  if (begin + end < shorter / 3) return undefined;
  return [
    [begin, del.length - end],
    [begin, add.length - end],
  ];
}

/** Marks what differs in runs of removed lines that are followed by as many added ones. */
function withMarks(lines: readonly PatchLine[]): PatchLine[] {
  const marked = [...lines];
  for (let i = 0; i < lines.length;) {
    if (lines[i]?.kind !== "del") {
      i++;
      continue;
    }
    let dels = i;
    while (lines[dels]?.kind === "del") dels++;
    let adds = dels;
    while (lines[adds]?.kind === "add") adds++;
    const count = dels - i;
    if (adds - dels === count) {
      for (let k = i; k < dels; k++) {
        const del = lines[k];
        const add = lines[k + count];
        if (del === undefined || add === undefined) continue;
        const marks = marksOf(del.text, add.text);
        if (marks === undefined) continue;
        marked[k] = { ...del, mark: marks[0] };
        marked[k + count] = { ...add, mark: marks[1] };
      }
    }
    i = adds;
  }
  return marked;
}

/** Reads a difference in the unified format. What stands before the first hunk is left out. */
export function parsePatch(patch: string): PatchLine[] {
  const lines: PatchLine[] = [];
  let from = 0;
  let to = 0;
  let inHunk = false;
  for (const line of patch.split("\n")) {
    const hunk = HUNK.exec(line);
    if (hunk !== null) {
      inHunk = true;
      from = Number(hunk[1]);
      to = Number(hunk[2]);
      lines.push({ kind: "hunk", from: null, to: null, text: hunk[3] ?? "" });
    } else if (inHunk) {
      const text = line.slice(1);
      if (line.startsWith("+")) lines.push({ kind: "add", from: null, to: to++, text });
      else if (line.startsWith("-")) lines.push({ kind: "del", from: from++, to: null, text });
      else if (line.startsWith(" ")) lines.push({ kind: "same", from: from++, to: to++, text });
    }
  }
  return withMarks(lines);
}

export function countPatch(lines: readonly PatchLine[]): { readonly added: number; readonly removed: number } {
  return {
    added: lines.filter(({ kind }) => kind === "add").length,
    removed: lines.filter(({ kind }) => kind === "del").length,
  };
}
