import type { ReactNode } from "react";
import { Switch } from "react-aria-components";

interface SwitchFieldProps {
  readonly label: string;
  readonly note: ReactNode;
  readonly isSelected: boolean;
  readonly isDisabled?: boolean;
  readonly onChange: (on: boolean) => void;
}

export function SwitchField({ label, note, isSelected, isDisabled = false, onChange }: SwitchFieldProps) {
  return (
    <div className="rowline">
      <div>
        <b>{label}</b>
        <p>{note}</p>
      </div>
      <Switch className="switch" aria-label={label} isSelected={isSelected} isDisabled={isDisabled} onChange={onChange}>
        <span className={isSelected ? "sw" : "sw off"} />
      </Switch>
    </div>
  );
}
