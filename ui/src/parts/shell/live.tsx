import { connectionStore } from "../../lib/socket";
import { zoneStore } from "../../lib/settings";
import { useStore } from "../../lib/store";
import { clock } from "../../lib/time";

/** Says whether changes come by themselves, and if not, since when. */
export function Live() {
  const connection = useStore(connectionStore);
  const zone = useStore(zoneStore);
  if (connection.state === "idle") return null;
  if (connection.state !== "lost") {
    return (
      <span className={connection.state === "live" ? "live" : "live off"} role="status">
        {connection.state === "live" ? "Live" : "Connecting"}
      </span>
    );
  }
  return (
    <span className="live off" role="status">
      No connection since {clock(new Date(connection.since).toISOString(), zone).slice(0, 5)}
    </span>
  );
}
