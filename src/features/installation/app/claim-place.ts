import type { InstallationReader, PlaceMarks } from "./ports";

/**
 * Whose a place is:
 * - ours: it has our mark and no other;
 * - shared: it has the marks of others too, and our history names what is in it. Nothing in it may be removed, since
 *   the other installations may need it;
 * - foreign: it has the marks of others only, and we have nothing in it. It is not ours to use.
 */
export type Claim =
  | {
      readonly kind: "ours" | "shared";
      readonly address: string;
      readonly others: readonly string[];
      readonly placeId: string;
    }
  | { readonly kind: "foreign"; readonly address: string; readonly others: readonly string[] };

/** Marks a folder or a bucket as this installation's. */
export class ClaimPlace {
  constructor(private readonly deps: { readonly marks: PlaceMarks; readonly installation: InstallationReader }) {}

  /**
   * A place without marks becomes ours, even if it holds files of an earlier version. A place that another installation
   * has marked is shared if we used it before marks existed.
   */
  async execute(): Promise<Claim> {
    const { marks, installation } = this.deps;
    const { address } = marks;
    const { id } = await installation.current();
    const found = await marks.list();
    const others = found.filter((one) => one !== id);
    if (others.length === found.length && others.length > 0 && (await installation.isNew()))
      return { kind: "foreign", address, others };
    const placeId = await marks.add(id);
    return { kind: others.length === 0 ? "ours" : "shared", address, others, placeId };
  }

  /** Makes the place ours alone. Returns the installations whose marks were removed. */
  async takeOver(): Promise<readonly string[]> {
    const { marks, installation } = this.deps;
    await marks.add((await installation.current()).id);
    const others = await this.others();
    for (const other of others) await marks.remove(other);
    return others;
  }

  /** The other installations that have marked the place. Changes nothing. */
  async others(): Promise<readonly string[]> {
    const { marks, installation } = this.deps;
    const { id } = await installation.current();
    return (await marks.list()).filter((one) => one !== id);
  }

  get address(): string {
    return this.deps.marks.address;
  }
}
