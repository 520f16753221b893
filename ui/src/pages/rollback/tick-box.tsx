import type { ReactNode } from "react";
import { Checkbox } from "react-aria-components";
import { Icon } from "../../parts/icon";

interface TickBoxProps {
  readonly title: string;
  readonly note: ReactNode;
  /** Whether it has to be ticked and is not. */
  readonly isMissing?: boolean;
  readonly isSelected: boolean;
  readonly onChange: (isSelected: boolean) => void;
}

export function TickBox({ title, note, isMissing = false, isSelected, onChange }: TickBoxProps) {
  return (
    <Checkbox className={isMissing ? "box must" : "box"} isSelected={isSelected} onChange={onChange}>
      <span className={isSelected ? "tick on" : "tick"}>
        <Icon name="check" />
      </span>
      <span>
        <b>{title}</b>
        <span className="box-note">{note}</span>
      </span>
    </Checkbox>
  );
}
