import type { IconName } from "../../lib/icon-shapes";

/** One of the values that a filter can have. */
export interface Choice {
  readonly id: string;
  readonly word: string;
  readonly icon?: IconName;
}
