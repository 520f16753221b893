import { shortcutsStore } from "../../lib/settings";
import { useStore } from "../../lib/store";
import { ModalDialog } from "../modal";
import { SwitchField } from "../switch-field";

const KEYS: readonly (readonly [string, string])[] = [
  ["/", "Search on this page"],
  ["Ctrl K", "Go to a Deployment"],
  ["j, k", "Next, previous line of the history"],
  ["Home, End", "First, last line that is loaded"],
  ["Enter", "Open the line"],
  ["d", "Deploy… on the line"],
  ["r", "Plan for the last known good deploy"],
  ["u", "Undo the rollback that is in force"],
  ["g o", "Overview"],
  ["g h", "Deploy History"],
  ["g l", "Logs"],
  ["g s", "Settings"],
  ["g a", "Access"],
  ["t", "Local times or UTC"],
  ["Ctrl Enter", "Confirm, in a dialog"],
  ["Esc", "Close what is on top"],
  ["?", "This list"],
];

export function KeyHelp({ onClose }: { readonly onClose: () => void }) {
  const shortcuts = useStore(shortcutsStore);
  return (
    <ModalDialog title="Keyboard shortcuts" size="small" dismissable onClose={onClose}>
      <div className="body">
        <dl className="key-list">
          {KEYS.map(([keys, does]) => (
            <div key={keys}>
              <dt>
                <kbd>{keys}</kbd>
              </dt>
              <dd>{does}</dd>
            </div>
          ))}
        </dl>
        <SwitchField
          label="Single letters"
          note="Off if they get in the way of other software."
          isSelected={shortcuts === "on"}
          onChange={(on) => shortcutsStore.set(on ? "on" : "off")}
        />
      </div>
    </ModalDialog>
  );
}
