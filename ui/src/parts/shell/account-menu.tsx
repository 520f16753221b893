import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { Button, Menu, MenuItem, MenuTrigger, Popover, Separator } from "react-aria-components";
import { selfQuery } from "../../lib/queries";
import { sessionStore, signOut } from "../../lib/session";
import { zoneStore } from "../../lib/settings";
import { disconnect } from "../../lib/socket";
import { useStore } from "../../lib/store";
import { Icon } from "../icon";

function initials(name: string): string {
  const words = name.split(/[\s@._-]+/).filter((word) => word !== "");
  return ((words[0]?.[0] ?? "") + (words[1]?.[0] ?? "")).toUpperCase() || "?";
}

export function AccountMenu() {
  const session = useStore(sessionStore);
  const zone = useStore(zoneStore);
  const user = useQuery(selfQuery).data;
  const router = useRouter();
  const queryClient = useQueryClient();
  const name = user?.fullName ?? user?.username ?? (typeof session === "object" ? session.username : "");

  const leave = (): void => {
    void signOut()
      .catch(() => undefined)
      .finally(() => {
        disconnect();
        queryClient.clear();
        void router.navigate({ to: "/sign-in", search: {} });
      });
  };

  return (
    <MenuTrigger>
      <Button className="icon-btn">
        <span className="avatar" aria-hidden="true">
          {initials(name)}
        </span>
        <span className="sr">{name}, your account</span>
      </Button>
      <Popover placement="bottom end" className="popover">
        <p className="popover-head">
          <b>{name}</b>
          {user?.username != null && user.username !== name ? <span className="quiet">{user.username}</span> : null}
        </p>
        <Menu className="menu" aria-label="Your account">
          <MenuItem className="item" onAction={() => zoneStore.set(zone === "utc" ? "local" : "utc")}>
            <Icon name="clock" />
            {zone === "utc" ? "Show local times" : "Show times in UTC"}
          </MenuItem>
          <MenuItem className="item" href="/token" target="_blank">
            <Icon name="terminal" />
            Token for the command line
          </MenuItem>
          <Separator className="line" />
          <MenuItem className="item" onAction={leave}>
            <Icon name="sign-out" />
            Sign out
          </MenuItem>
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
