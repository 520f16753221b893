import type { ReactNode } from "react";
import { tipHandlers } from "./tip";

interface AllowedButtonProps {
  /** Why it is not possible; null where it is. */
  readonly lack: string | null;
  readonly className?: string;
  /** What the button does, in words; `children` without it. */
  readonly label?: string;
  readonly onClick: () => void;
  readonly children: ReactNode;
}

/** A button that is never hidden: where it is not possible it says why. */
export function AllowedButton({ lack, className = "btn sm", label, onClick, children }: AllowedButtonProps) {
  if (lack === null)
    return (
      <button type="button" className={className} aria-label={label} onClick={onClick}>
        {children}
      </button>
    );
  return (
    <button
      type="button"
      className={className}
      aria-disabled="true"
      aria-label={label === undefined ? undefined : `${label}: not possible. ${lack}`}
      {...tipHandlers(lack)}
    >
      {children}
      {label === undefined ? <span className="sr">: not possible. {lack}</span> : null}
    </button>
  );
}

/** Returns what to say to somebody who lacks a permission; null where nobody lacks anything. */
export function lackOfPermission(held: readonly string[], permission: string): string | null {
  return held.includes(permission) ? null : `It takes the permission ${permission}, which you do not have here.`;
}
