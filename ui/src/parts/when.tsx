import { nowStore } from "../lib/now";
import { zoneStore } from "../lib/settings";
import { useStore } from "../lib/store";
import { clock, exact, relative } from "../lib/time";
import { tipHandlers } from "./tip";

/** "8 minutes ago", with the exact time and zone on hover. */
export function When({ at }: { readonly at: string }) {
  const zone = useStore(zoneStore);
  const now = useStore(nowStore);
  const { onMouseEnter, onMouseLeave } = tipHandlers(exact(at, zone));
  return (
    <time dateTime={at} onMouseEnter={onMouseEnter} onMouseLeave={onMouseLeave}>
      {relative(at, zone, now)}
    </time>
  );
}

export function Exact({ at }: { readonly at: string }) {
  const zone = useStore(zoneStore);
  return <time dateTime={at}>{exact(at, zone)}</time>;
}

export function Clock({ at }: { readonly at: string }) {
  const zone = useStore(zoneStore);
  const { onMouseEnter, onMouseLeave } = tipHandlers(exact(at, zone));
  return (
    <time dateTime={at} onMouseEnter={onMouseEnter} onMouseLeave={onMouseLeave}>
      {clock(at, zone)}
    </time>
  );
}
