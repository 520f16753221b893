import { inTime } from "../../../kernel/in-time";
import type { Claim, ClaimPlace } from "./claim-place";
import type { PlacesSeen } from "./ports";

/** A store that takes longer counts as unavailable. */
const CLAIMED_WITHIN_MS = 10_000;

/** Where this installation keeps things. */
export interface Place {
  readonly kind: "bundles" | "releases";
  /** For people. */
  readonly name: string;
  /** How to use another. */
  readonly remedy: string;
  readonly claim: ClaimPlace;
}

/** What a start reports about a place. */
export interface PlaceProblem {
  readonly level: "warn" | "error";
  readonly message: string;
  readonly cause?: unknown;
}

/** At a start: claims every place, and finds those that others use too, or that other replicas do not use. */
export class CheckPlaces {
  constructor(private readonly deps: { readonly seen: PlacesSeen; readonly host: string }) {}

  /** @throws PlaceTaken if one belongs to another installation, and this one has nothing in it yet */
  async execute(places: readonly Place[]): Promise<PlaceProblem[]> {
    const problems: PlaceProblem[] = [];
    for (const place of places) {
      let claim: Claim;
      try {
        claim = await inTime(place.claim.execute(), CLAIMED_WITHIN_MS);
      } catch (cause) {
        // The service starts although a store is unavailable or a folder is read-only.
        problems.push({
          level: "warn",
          message: `${place.name} ${place.claim.address} could not be marked as this installation's`,
          cause,
        });
        continue;
      }
      if (claim.kind === "foreign") throw new PlaceTaken(place, claim);
      if (claim.kind === "shared") problems.push({ level: "error", message: sharedMessage(place, claim) });
      const { address, placeId } = claim;
      const other = await this.deps.seen.note({ kind: place.kind, placeId, address, host: this.deps.host });
      if (other !== null) {
        const message =
          `${place.name} ${address} is not the one that was used before, ${other.address} on ${other.host} at ${other.seenAt}: ` +
          "all replicas have to use the same one";
        problems.push({ level: "warn", message });
      }
    }
    return problems;
  }
}

/** The place belongs to another installation. */
class PlaceTaken extends Error {
  constructor({ name, remedy }: Place, { address, others }: Claim) {
    super(
      `${name} ${address} belongs to another installation (${others.join(", ")}). ${remedy}. ` +
        'If that installation is gone and this one takes its place, run "retrograde restored --take-over"',
    );
  }
}

const sharedMessage = ({ name, remedy }: Place, { address, others }: Claim): string =>
  `${name} ${address} is used by other installations too (${others.join(", ")}): nothing in it is removed any more. ${remedy}. ` +
  'If those installations are gone, run "retrograde restored --take-over"';
