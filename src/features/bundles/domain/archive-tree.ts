import { ArchiveRefused, shown } from "./archive-refused";

const MAX_PATH_BYTES = 1_024;
/** Max bytes of a file's name (NAME_MAX). */
const MAX_NAME_BYTES = 255;
/** Linux follows no more links than that either (MAXSYMLINKS). */
const MAX_HOPS = 40;
/**
 * Control characters, those that change the direction of text, halves of surrogate pairs, and what stands for bytes that
 * are no UTF-8. All other characters are kept as they are, because names of files are compared byte by byte.
 */
const UNSTORABLE = /[\p{Cc}\p{Bidi_Control}\p{Surrogate}\u2028\u2029\uFFFD]/u;

/**
 * The tree that an archive unpacks to, checked entry by entry and as a whole. Whatever it lets through can be written
 * below a folder without anything landing, or pointing, outside of it. Names that differ only in their case are
 * different files, as they are where Airflow runs.
 */
export class ArchiveTree {
  private readonly files = new Set<string>();
  private readonly folders = new Set<string>();
  private readonly links = new Map<string, string>();
  private isBelowDags: boolean | undefined;

  /**
   * The path below the DAG folder, or null for the folder itself. The `astro` CLI packs everything below `dags/`; an
   * archive that starts so has to go on so, and one that does not is taken to be the DAG folder's inside.
   * @throws ArchiveRefused
   */
  pathOf(name: string): string | null {
    if (UNSTORABLE.test(name))
      throw new ArchiveRefused(
        "UNSTORABLE_PATH",
        `The name ${shown(name)} has a control character, or is no text in UTF-8`,
      );
    if (name.startsWith("/")) throw new ArchiveRefused("UNSAFE_PATH", `${shown(name)} is an absolute path`);
    const steps = name.split("/").filter((step) => step !== "" && step !== ".");
    if (steps.includes("..")) throw new ArchiveRefused("UNSAFE_PATH", `${shown(name)} leads out of the DAG folder`);
    if (steps.length === 0) return null;
    this.isBelowDags ??= steps[0] === "dags";
    if (this.isBelowDags && steps.shift() !== "dags") {
      throw new ArchiveRefused("UNSAFE_PATH", `${shown(name)} lies beside dags/; only what is below it is deployed`);
    }
    const path = steps.join("/");
    if (Buffer.byteLength(path) > MAX_PATH_BYTES || steps.some((step) => Buffer.byteLength(step) > MAX_NAME_BYTES)) {
      throw new ArchiveRefused(
        "PATH_TOO_LONG",
        `${shown(name)} is longer than ${MAX_PATH_BYTES} bytes, or a name in it than ${MAX_NAME_BYTES}`,
      );
    }
    return steps.length === 0 ? null : path;
  }

  /** @throws ArchiveRefused, also if there are more than `most` files and links by now, or more folders */
  addFile(path: string, most = Infinity): void {
    if (this.files.has(path)) throw new ArchiveRefused("DUPLICATE_PATH", `${shown(path)} comes twice`);
    this.files.add(path);
    if (this.files.size > most) throw new ArchiveRefused("TOO_MANY_FILES", `The archive holds more than ${most} files`);
    this.addFolder(path.slice(0, Math.max(path.lastIndexOf("/"), 0)), most);
  }

  /** @throws ArchiveRefused */
  addLink(path: string, target: string, most = Infinity): void {
    if (UNSTORABLE.test(target) || target === "")
      throw new ArchiveRefused("UNSTORABLE_PATH", `The link ${shown(path)} leads to ${shown(target)}`);
    this.addFile(path, most);
    this.links.set(path, target);
  }

  /** With all folders around it: a few long names can stand for far more folders than files. @throws ArchiveRefused */
  addFolder(path: string, most = Infinity): void {
    for (
      let folder = path;
      folder !== "" && !this.folders.has(folder);
      folder = folder.slice(0, Math.max(folder.lastIndexOf("/"), 0))
    ) {
      this.folders.add(folder);
      if (this.folders.size > most)
        throw new ArchiveRefused("TOO_MANY_FILES", `The archive holds more than ${most} folders`);
    }
  }

  /** Once everything is there: no file is a folder as well, and every link ends inside. @throws ArchiveRefused */
  check(): void {
    for (const folder of this.folders) {
      if (this.files.has(folder))
        throw new ArchiveRefused("DUPLICATE_PATH", `${shown(folder)} is a file or a link, and a folder as well`);
    }
    for (const [path, target] of this.links) this.follow(path, target);
  }

  /** Walks a link as the kernel would. One that leads to nothing is fine, as long as it does so inside. */
  private follow(path: string, target: string): void {
    const outside = (): ArchiveRefused =>
      new ArchiveRefused("LINK_OUTSIDE", `The link ${shown(path)} leads to ${shown(target)}, out of the DAG folder`);
    const at = path.split("/").slice(0, -1);
    const ahead = target.split("/").reverse();
    if (target.startsWith("/")) throw outside();
    for (let hops = 0; ahead.length > 0;) {
      const step = ahead.pop() ?? "";
      if (step === "" || step === ".") continue;
      if (step === "..") {
        if (at.pop() === undefined) throw outside();
        continue;
      }
      at.push(step);
      const next = this.links.get(at.join("/"));
      if (next === undefined) continue;
      if (next.startsWith("/") || ++hops > MAX_HOPS) throw outside();
      at.pop();
      ahead.push(...next.split("/").reverse());
    }
  }
}
