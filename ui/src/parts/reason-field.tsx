import type { RefObject } from "react";

const MAX_REASON = 500;

/** Returns what a reason still lacks, in words; null where nothing. */
export function lackOf(reason: string): string | null {
  const { length } = reason.trim();
  if (length === 0) return "a reason";
  return length > MAX_REASON ? `a reason of at most ${MAX_REASON} characters` : null;
}

interface ReasonFieldProps {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onChange: (reason: string) => void;
  readonly autoFocus: boolean;
  readonly field: RefObject<HTMLTextAreaElement | null>;
}

export function ReasonField({ label, placeholder, value, onChange, autoFocus, field }: ReasonFieldProps) {
  const { length } = value.trim();
  return (
    <div>
      <label className="top-l" htmlFor="why">
        {label}
      </label>
      <textarea
        id="why"
        ref={field}
        rows={3}
        autoFocus={autoFocus}
        aria-required="true"
        aria-describedby="why-length"
        placeholder={placeholder}
        value={value}
        onChange={({ target }) => onChange(target.value)}
      />
      <p id="why-length" className={length > MAX_REASON ? "hint too-long" : "quiet hint"}>
        {length} of {MAX_REASON}
      </p>
    </div>
  );
}
