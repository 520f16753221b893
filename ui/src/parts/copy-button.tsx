import { useEffect, useState } from "react";
import { Icon } from "./icon";

interface CopyProps {
  readonly text: string;
  /** Such as "Copy digest". */
  readonly label: string;
  /** Without it only the icon is shown. */
  readonly className?: string;
}

export function CopyButton({ text, label, className }: CopyProps) {
  const [state, setState] = useState<"idle" | "copied" | "failed">("idle");
  useEffect(() => {
    if (state === "idle") return;
    const timer = setTimeout(() => setState("idle"), 2_000);
    return () => clearTimeout(timer);
  }, [state]);
  const said = state === "copied" ? "Copied" : state === "failed" ? "The browser did not allow it" : label;
  const copy = (): void => {
    const done = navigator.clipboard?.writeText(text) ?? Promise.reject(new Error("no clipboard"));
    done.then(
      () => setState("copied"),
      () => setState("failed"),
    );
  };
  return (
    <button type="button" className={className ?? "icon-btn small"} onClick={copy} aria-label={said}>
      <Icon name={state === "copied" ? "check" : "copy"} />
      {className === undefined ? null : <span aria-live="polite">{said}</span>}
    </button>
  );
}
