import { isAfter, type Position } from "../../installation/domain";
import type { ReleaseState } from "./release-state";

/** The state that a driver has put in place, as its target records it. */
export interface PlacedState extends Position {
  readonly revisionNumber: number;
}

/**
 * Whether a later state than the given one is in place. Within one generation the lower revision number is the later
 * state: the older revision was put back after the newest had failed or was cancelled.
 */
export const isOvertaken = (
  placed: PlacedState,
  state: Pick<ReleaseState, "epoch" | "generation" | "revisionNumber">,
): boolean =>
  isAfter(placed, state) ||
  (placed.epoch === state.epoch &&
    placed.generation === state.generation &&
    placed.revisionNumber < state.revisionNumber);
