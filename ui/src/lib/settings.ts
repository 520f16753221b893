import { createStore, type Store } from "./store";
import type { Zone } from "./time";

export type Theme = "system" | "light" | "dark";

/** A choice that this browser keeps. Where nothing can be kept, it holds until the page is left. */
function kept<Value extends string>(key: string, values: readonly Value[], initial: Value): Store<Value> {
  const read = (): Value => {
    try {
      const value = localStorage.getItem(key);
      return values.find((candidate) => candidate === value) ?? initial;
    } catch {
      return initial;
    }
  };
  const store = createStore<Value>(read());
  store.subscribe(() => {
    try {
      localStorage.setItem(key, store.get());
    } catch {
      // Storage is off.
    }
  });
  return store;
}

export const themeStore = kept<Theme>("retrograde-theme", ["system", "light", "dark"], "system");
export const zoneStore = kept<Zone>("retrograde-zone", ["local", "utc"], "local");
export const shortcutsStore = kept<"on" | "off">("retrograde-shortcuts", ["on", "off"], "on");

function applyTheme(): void {
  const theme = themeStore.get();
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
}
themeStore.subscribe(applyTheme);
applyTheme();

/** Whether the page is dark now, by choice or by the system. */
export function isDark(): boolean {
  const theme = themeStore.get();
  return theme === "system" ? matchMedia("(prefers-color-scheme: dark)").matches : theme === "dark";
}
