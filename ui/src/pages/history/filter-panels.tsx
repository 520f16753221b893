import type { RefObject } from "react";
import { Dialog, Menu, MenuItem, Popover, type Selection } from "react-aria-components";
import { RANGES, type HistorySearch } from "../../lib/search";
import { Icon } from "../../parts/icon";
import type { Choice } from "./choice";

interface PanelProps {
  readonly trigger: RefObject<HTMLElement | null>;
  readonly onClose: () => void;
}

interface ChoicePanelProps extends PanelProps {
  readonly label: string;
  readonly choices: readonly Choice[];
  readonly chosen: readonly string[];
  readonly mode: "single" | "multiple";
  readonly onChoose: (ids: string[]) => void;
}

const whenClosed = (onClose: () => void) => (open: boolean) => {
  if (!open) onClose();
};

/** The menu of a filter; loaded when it is opened. */
export function ChoicePanel({ label, choices, chosen, mode, onChoose, trigger, onClose }: ChoicePanelProps) {
  const choose = (selection: Selection): void =>
    onChoose(selection === "all" ? choices.map(({ id }) => id) : [...selection].map(String));
  return (
    <Popover
      placement="bottom start"
      className="popover"
      triggerRef={trigger}
      isOpen
      onOpenChange={whenClosed(onClose)}
    >
      <Menu
        className="menu"
        aria-label={label}
        autoFocus="first"
        selectionMode={mode}
        selectedKeys={chosen}
        onSelectionChange={choose}
        onClose={onClose}
      >
        {choices.map(({ id, word, icon }) => (
          <MenuItem key={id} id={id} textValue={word} className="item">
            {({ isSelected }) => (
              <>
                <span className={isSelected ? "tick on" : "tick"}>
                  <Icon name="check" />
                </span>
                {icon === undefined ? null : <Icon name={icon} />}
                {word}
              </>
            )}
          </MenuItem>
        ))}
      </Menu>
    </Popover>
  );
}

interface TimePanelProps extends PanelProps {
  readonly search: HistorySearch;
  readonly onRange: (since: string) => void;
  readonly onDay: (key: "from" | "to", day: string) => void;
}

/** Ranges that end now, and days; loaded when it is opened. */
export function TimePanel({ search, onRange, onDay, trigger, onClose }: TimePanelProps) {
  const isUnset = search.since === undefined && search.from === undefined && search.to === undefined;
  return (
    <Popover
      placement="bottom start"
      className="popover"
      triggerRef={trigger}
      isOpen
      onOpenChange={whenClosed(onClose)}
    >
      <Dialog className="range" aria-label="When">
        <div className="seg" role="group" aria-label="Range">
          {Object.keys(RANGES).map((range) => (
            <button key={range} type="button" aria-pressed={search.since === range} onClick={() => onRange(range)}>
              {range}
            </button>
          ))}
          <button type="button" aria-pressed={isUnset} onClick={() => onRange("")}>
            All
          </button>
        </div>
        <label>
          From
          <input type="date" value={search.from ?? ""} onChange={({ target }) => onDay("from", target.value)} />
        </label>
        <label>
          To
          <input type="date" value={search.to ?? ""} onChange={({ target }) => onDay("to", target.value)} />
        </label>
      </Dialog>
    </Popover>
  );
}
