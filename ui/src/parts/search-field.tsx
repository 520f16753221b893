import { useEffect, useRef, useState } from "react";
import { Icon } from "./icon";

const TYPING_MS = 250;

interface SearchFieldProps {
  readonly placeholder: string;
  readonly value: string;
  /** Called when the typing pauses. */
  readonly onChange: (text: string) => void;
}

export function SearchField({ placeholder, value, onChange }: SearchFieldProps) {
  const [typed, setTyped] = useState(value);
  const [sent, setSent] = useState(value);
  const [from, setFrom] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  if (from !== value) {
    setFrom(value);
    // The address has changed by other means, such as the back button; it must not undo what is typed meanwhile.
    if (value !== sent) setTyped(value);
  }
  useEffect(() => () => clearTimeout(timer.current), []);
  const change = (text: string): void => {
    setTyped(text);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      setSent(text.trim());
      onChange(text.trim());
    }, TYPING_MS);
  };
  return (
    <label className="field">
      <Icon name="search" />
      <input
        id="search"
        type="search"
        placeholder={placeholder}
        aria-label={placeholder}
        value={typed}
        onChange={({ target }) => change(target.value)}
      />
    </label>
  );
}
