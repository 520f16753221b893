import { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments } from "yaml";
import type { Alias, Document, Node, Pair, YAMLMap, YAMLSeq } from "yaml";
import { readValuesText, UnreadableValuesFile } from "./values-text";
import { merge, toPlain, type Place, type ValuesNode } from "./values-tree";

/**
 * Reads a values.yaml as Helm would (YAML 1.1, so that `yes` is true), except that a key that occurs twice in a mapping
 * counts both times: mappings are merged, and the last scalar wins. The public page on rollbacks instructs users to
 * paste a block that repeats `houston:`.
 *
 * @throws UnreadableValuesFile
 */
export function readValuesFile(file: string, workingDirectory: string): ValuesNode {
  return parseValues(readValuesText(file, workingDirectory), file);
}

/** @throws UnreadableValuesFile */
export function parseValues(source: string, file: string): ValuesNode {
  const lines = new LineCounter();
  const documents: readonly Document.Parsed[] = parseAllDocuments(source, {
    version: "1.1",
    uniqueKeys: false,
    lineCounter: lines,
    prettyErrors: false,
  });
  for (const error of documents.flatMap(({ errors }) => errors)) {
    throw new UnreadableValuesFile(`${file}:${lines.linePos(error.pos[0]).line}: not valid YAML: ${error.message}`);
  }
  const trees = documents.map((document) => new DocumentReader(document, lines, file).read(document.contents));
  const [tree, second] = trees.filter((one) => one.kind === "mapping" || one.value !== null);
  if (second !== undefined) {
    throw new UnreadableValuesFile(
      `${file}:${second.place.line}: a second YAML document begins here, behind a line of ---: put it into a file of its own, or remove that line`,
    );
  }
  if (tree === undefined) return { kind: "mapping", entries: new Map(), place: { file, line: 1 } };
  if (tree.kind === "mapping") return tree;
  throw new UnreadableValuesFile(`${file}:${tree.place.line}: expected a mapping at the top of the file`);
}

class DocumentReader {
  /** The nodes that are being read, to detect an alias to a mapping or list that contains it. */
  private readonly open = new Set<Node>();

  constructor(
    private readonly document: Document.Parsed,
    private readonly lines: LineCounter,
    private readonly file: string,
  ) {}

  read(node: unknown, near?: Place): ValuesNode {
    const place = this.placeOf(node) ?? near ?? { file: this.file, line: 1 };
    if (isAlias(node)) return this.read(this.resolveAlias(node, place), place);
    if (isMap(node)) return this.within(node, place, () => this.readMapping(node, place));
    if (isSeq(node)) return this.within(node, place, () => this.readList(node, place));
    return { kind: "leaf", value: isScalar(node) ? node.value : null, place };
  }

  private within(node: Node, { file, line }: Place, read: () => ValuesNode): ValuesNode {
    if (this.open.has(node)) throw new UnreadableValuesFile(`${file}:${line}: an alias within stands for the whole`);
    this.open.add(node);
    const result = read();
    this.open.delete(node);
    return result;
  }

  private readList(list: YAMLSeq, place: Place): ValuesNode {
    return { kind: "leaf", value: list.items.map((item) => toPlain(this.read(item, place))), place };
  }

  private readMapping(mapping: YAMLMap, place: Place): ValuesNode {
    const entries = new Map<string, ValuesNode>();
    const fromMergeKeys: ValuesNode[] = [];
    for (const pair of mapping.items) {
      if (isMergeKey(pair)) {
        fromMergeKeys.push(...this.readMergeSources(pair.value, place));
        continue;
      }
      const key = keyOf(pair);
      // An entry has the place of its key: the value of `key:` may begin lines below, or be absent.
      const keyPlace = this.placeOf(pair.key) ?? place;
      const node: ValuesNode = { ...this.read(pair.value, keyPlace), place: keyPlace };
      const present = entries.get(key);
      entries.set(key, present === undefined ? node : mergeRepeated(present, node));
    }
    for (const source of fromMergeKeys) addMissing(entries, source);
    return { kind: "mapping", entries, place };
  }

  private readMergeSources(value: unknown, place: Place): ValuesNode[] {
    const source = isAlias(value) ? this.resolveAlias(value, place) : value;
    const sources = isSeq(source) ? source.items.map((item) => this.read(item, place)) : [this.read(source, place)];
    const wrong = sources.find(({ kind }) => kind === "leaf");
    if (wrong !== undefined)
      throw new UnreadableValuesFile(`${this.file}:${wrong.place.line}: << needs a mapping, or a list of mappings`);
    return sources;
  }

  private resolveAlias(alias: Alias, { file, line }: Place): Node {
    const node = alias.resolve(this.document);
    if (node === undefined)
      throw new UnreadableValuesFile(`${file}:${line}: no anchor &${alias.source} above this alias`);
    return node;
  }

  private placeOf(node: unknown): Place | undefined {
    const start = isMap(node) || isSeq(node) || isScalar(node) || isAlias(node) ? node.range?.[0] : undefined;
    return start === undefined ? undefined : { file: this.file, line: this.lines.linePos(start).line };
  }
}

/** The key as it is written: `on` must not become `true`. */
function keyOf(pair: Pair): string {
  return isScalar(pair.key) ? (pair.key.source ?? String(pair.key.value)) : String(pair.key);
}

/** In YAML 1.1 the key `<<` is parsed as a symbol of that name. */
function isMergeKey(pair: Pair): boolean {
  return isScalar(pair.key) && typeof pair.key.value === "symbol" && pair.key.value.description === "<<";
}

/** A repeated key without content, such as a second `houston:`, changes nothing. */
function mergeRepeated(earlier: ValuesNode, later: ValuesNode): ValuesNode {
  return later.kind === "leaf" && later.value === null ? earlier : merge(earlier, later);
}

/** A mapping's own entries win over those of a merge key, as YAML defines it. */
function addMissing(entries: Map<string, ValuesNode>, source: ValuesNode): void {
  if (source.kind === "leaf") return;
  for (const [key, node] of source.entries) {
    if (!entries.has(key)) entries.set(key, node);
  }
}
