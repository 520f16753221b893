import { ArchiveRefused, shown } from "./archive-refused";

const PATH_MOST_BYTES = 1_024;
/** What file systems take for one name (NAME_MAX). */
const NAME_MOST_BYTES = 255;
/** Beyond it Linux gives up as well (MAXSYMLINKS). */
const HOPS_MOST = 40;
/** NUL, halves of surrogate pairs, and what stands for bytes that are no UTF-8. */
const UNSTORABLE = /[\0\p{Surrogate}\uFFFD]/u;

/**
 * The tree that an archive unpacks to, checked entry by entry and as a whole. Whatever it lets through can be written
 * below a folder without anything landing, or pointing, outside of it. Names that differ only in their case are
 * different files, as they are where Airflow runs.
 */
export class ArchiveTree {
  private readonly files = new Set<string>();
  private readonly links = new Map<string, string>();
  private isBelowDags: boolean | undefined;

  /**
   * The path below the DAG folder, or null for the folder itself. The `astro` CLI packs everything below `dags/`; an
   * archive that starts so has to go on so, and one that does not is taken to be the DAG folder's inside.
   * @throws ArchiveRefused
   */
  pathOf(name: string): string | null {
    if (UNSTORABLE.test(name)) throw new ArchiveRefused("UNSTORABLE_PATH", `The name ${shown(name)} is no text in UTF-8`);
    if (name.startsWith("/")) throw new ArchiveRefused("UNSAFE_PATH", `${shown(name)} is an absolute path`);
    const steps = name.split("/").filter((step) => step !== "" && step !== ".");
    if (steps.includes("..")) throw new ArchiveRefused("UNSAFE_PATH", `${shown(name)} leads out of the DAG folder`);
    if (steps.length === 0) return null;
    this.isBelowDags ??= steps[0] === "dags";
    if (this.isBelowDags && steps.shift() !== "dags") {
      throw new ArchiveRefused("UNSAFE_PATH", `${shown(name)} lies beside dags/; only what is below it is deployed`);
    }
    const path = steps.join("/");
    if (Buffer.byteLength(path) > PATH_MOST_BYTES || steps.some((step) => Buffer.byteLength(step) > NAME_MOST_BYTES)) {
      throw new ArchiveRefused("PATH_TOO_LONG", `${shown(name)} is longer than ${PATH_MOST_BYTES} bytes, or a name in it than ${NAME_MOST_BYTES}`);
    }
    return steps.length === 0 ? null : path;
  }

  /** Files and links so far. */
  get size(): number {
    return this.files.size;
  }

  /** @throws ArchiveRefused */
  addFile(path: string): void {
    if (this.files.has(path)) throw new ArchiveRefused("DUPLICATE_PATH", `${shown(path)} comes twice`);
    this.files.add(path);
  }

  /** @throws ArchiveRefused */
  addLink(path: string, target: string): void {
    if (UNSTORABLE.test(target) || target === "") throw new ArchiveRefused("UNSTORABLE_PATH", `The link ${shown(path)} leads to ${shown(target)}`);
    this.addFile(path);
    this.links.set(path, target);
  }

  /** Once everything is there: no file is a folder as well, and every link ends inside. @throws ArchiveRefused */
  check(): void {
    for (const path of this.files) {
      for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
        const folder = path.slice(0, end);
        if (this.files.has(folder)) throw new ArchiveRefused("DUPLICATE_PATH", `${shown(folder)} is a file, and ${shown(path)} lies below it`);
      }
    }
    for (const [path, target] of this.links) this.follow(path, target);
  }

  /** Walks a link as the kernel would. One that leads to nothing is fine, as long as it does so inside. */
  private follow(path: string, target: string): void {
    const outside = (): ArchiveRefused => new ArchiveRefused("LINK_OUTSIDE", `The link ${shown(path)} leads to ${shown(target)}, out of the DAG folder`);
    const at = path.split("/").slice(0, -1);
    const ahead = target.split("/").reverse();
    if (target.startsWith("/")) throw outside();
    for (let hops = 0; ahead.length > 0; ) {
      const step = ahead.pop() ?? "";
      if (step === "" || step === ".") continue;
      if (step === "..") {
        if (at.pop() === undefined) throw outside();
        continue;
      }
      at.push(step);
      const next = this.links.get(at.join("/"));
      if (next === undefined) continue;
      if (next.startsWith("/") || ++hops > HOPS_MOST) throw outside();
      at.pop();
      ahead.push(...next.split("/").reverse());
    }
  }
}
