import type { HoldFragment } from "../../gql";
import { createStore } from "../../lib/store";

/** Something that is done to one deploy after a question. `label` is the Deployment's. */
export type Action =
  | { readonly kind: "stop" | "hold"; readonly id: string; readonly number: number; readonly label: string }
  | { readonly kind: "lift"; readonly hold: HoldFragment; readonly label: string };

export const actionStore = createStore<Action | null>(null);

export const openAction = (action: Action): void => actionStore.set(action);
