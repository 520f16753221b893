import { zoneStore } from "../../lib/settings";
import { useStore } from "../../lib/store";
import { exact } from "../../lib/time";
import { CopyButton } from "../../parts/copy-button";
import { Icon } from "../../parts/icon";

/** A key or a link that the service shows once. */
export interface OnceText {
  readonly title: string;
  readonly text: string;
  readonly copyLabel: string;
  readonly expiresAt: string | null;
}

export function ShownOnce({ once, onClose }: { readonly once: OnceText; readonly onClose: () => void }) {
  const zone = useStore(zoneStore);
  return (
    <div className="note good once" role="status">
      <Icon name="info" />
      <div>
        <p>
          <b>{once.title}</b> It is shown only now.
          {once.expiresAt === null ? "" : ` It works once, until ${exact(once.expiresAt, zone)}.`}
        </p>
        <p className="mono">{once.text}</p>
      </div>
      <div className="end">
        <CopyButton text={once.text} label={once.copyLabel} className="btn sm" />
        <button type="button" className="btn sm" onClick={onClose}>
          Done
        </button>
      </div>
    </div>
  );
}
