import { useEffect, useRef } from "react";
import { shortcutsStore } from "./settings";

type Handlers = Readonly<Record<string, () => void>>;

/** How long a first letter, such as the g of "g h", waits for the second, ms. */
const SEQUENCE_MS = 1_200;

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable=true]") !== null;
}

/** An open dialog or menu has the keys for itself. */
function isCovered(): boolean {
  return document.querySelector('[role="dialog"], [role="menu"]') !== null;
}

/**
 * Single letters, outside of fields and overlays only; the user can switch them off. A sequence is written "g h". Keys with a modifier are written
 * "ctrl+k", where ctrl is the command key of a Mac too, and work in fields as well.
 */
export function useKeys(handlers: Handlers): void {
  const latest = useRef(handlers);
  useEffect(() => {
    latest.current = handlers;
  });
  useEffect(() => {
    let first = "";
    let firstAt = 0;
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.altKey) return;
      const run = (name: string): boolean => {
        const handler = latest.current[name];
        if (handler === undefined) return false;
        event.preventDefault();
        handler();
        return true;
      };
      if (event.ctrlKey || event.metaKey) {
        run(`ctrl+${event.key.toLowerCase()}`);
        return;
      }
      if (shortcutsStore.get() === "off" || isTyping(event.target) || isCovered()) return;
      const sequence = Date.now() - firstAt < SEQUENCE_MS ? `${first} ${event.key}` : event.key;
      if (run(sequence) || run(event.key)) {
        first = "";
        return;
      }
      first = event.key;
      firstAt = Date.now();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}
