import type { HoldFragment } from "../gql";
import { zoneStore } from "../lib/settings";
import { useStore } from "../lib/store";
import { exact } from "../lib/time";
import { Pill } from "./status";
import { tipHandlers } from "./tip";

/** "On hold", with who, when and why on hover and for screen readers. */
export function HoldMark({ hold }: { readonly hold: HoldFragment }) {
  const zone = useStore(zoneStore);
  const by = `By ${hold.createdBy.label}, ${exact(hold.createdAt, zone)}`;
  const { onMouseEnter, onMouseLeave } = tipHandlers(
    <>
      <p>
        <b>{hold.reason}</b>
      </p>
      <p>{by}</p>
    </>,
  );
  return (
    <span onMouseEnter={onMouseEnter} onMouseLeave={onMouseLeave}>
      <Pill tone="warn" icon="hand">
        On hold
        <span className="sr">
          {" "}
          ({by}: {hold.reason})
        </span>
      </Pill>
    </span>
  );
}
