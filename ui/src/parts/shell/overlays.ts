import { createStore } from "../../lib/store";

/** Which overlay of the shell is open. */
export const overlayStore = createStore<"none" | "go-to" | "keys">("none");

export const openGoTo = (): void => overlayStore.set("go-to");
export const openKeys = (): void => overlayStore.set("keys");
export const closeOverlay = (): void => overlayStore.set("none");
