import { useEffect, useLayoutEffect, useRef, useState, type ReactNode } from "react";
import { createStore, useStore } from "../lib/store";

interface Shown {
  readonly at: DOMRect;
  readonly content: ReactNode;
}

const tipStore = createStore<Shown | null>(null);

/**
 * Event handlers for something with a tooltip. All share one tooltip, because one for each line of a list costs frames while scrolling.
 * It is for the eye only: the name of the element has to say the same.
 */
export function tipHandlers(content: ReactNode) {
  const show = ({ currentTarget }: { currentTarget: Element }): void =>
    tipStore.set({ at: currentTarget.getBoundingClientRect(), content });
  const hide = (): void => tipStore.set(null);
  return { onMouseEnter: show, onMouseLeave: hide, onFocus: show, onBlur: hide };
}

const GAP = 8;

export function Tip() {
  const shown = useStore(tipStore);
  const box = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState({ left: 0, top: 0 });

  useLayoutEffect(() => {
    if (shown === null || box.current === null) return;
    const { width, height } = box.current.getBoundingClientRect();
    const { left, right, top, bottom } = shown.at;
    const above = top - height - GAP;
    setPlace({
      left: Math.max(GAP, Math.min((left + right - width) / 2, innerWidth - width - GAP)),
      top: above < GAP ? bottom + GAP : above,
    });
  }, [shown]);

  useEffect(() => {
    if (shown === null) return;
    const hide = (): void => tipStore.set(null);
    const onKey = ({ key }: KeyboardEvent): void => {
      if (key === "Escape") hide();
    };
    addEventListener("scroll", hide, { passive: true });
    addEventListener("keydown", onKey);
    return () => {
      removeEventListener("scroll", hide);
      removeEventListener("keydown", onKey);
    };
  }, [shown]);

  if (shown === null) return null;
  return (
    <div ref={box} className="tip" aria-hidden="true" style={place}>
      {shown.content}
    </div>
  );
}
