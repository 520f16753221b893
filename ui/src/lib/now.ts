import { createStore } from "./store";

const TICK_MS = 10_000;

/** The time, in steps of ten seconds: what shows "8 minutes ago" follows it. */
export const nowStore = createStore(Date.now());

setInterval(() => {
  if (!document.hidden) nowStore.set(Date.now());
}, TICK_MS);
document.addEventListener("visibilitychange", () => nowStore.set(Date.now()));
