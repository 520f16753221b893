import { isAfter, type Position } from "../../installation/domain";
import type { ReleaseState } from "./release-state";

/** What a target says of the state that it holds. */
export interface PlacedState extends Position {
  readonly revisionNumber: number;
}

/**
 * Whether a target holds a later state than that. At one generation an older revision is the later one: it was put back
 * once the newest had failed or was cancelled, so that a late call for the newest comes too late.
 */
export const isOvertaken = (
  placed: PlacedState,
  state: Pick<ReleaseState, "epoch" | "generation" | "revisionNumber">,
): boolean =>
  isAfter(placed, state) ||
  (placed.epoch === state.epoch &&
    placed.generation === state.generation &&
    placed.revisionNumber < state.revisionNumber);
