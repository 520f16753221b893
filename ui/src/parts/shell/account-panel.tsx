import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import type { RefObject } from "react";
import { Menu, MenuItem, Popover, Separator } from "react-aria-components";
import { selfQuery } from "../../lib/queries";
import { signOut } from "../../lib/session";
import { zoneStore } from "../../lib/settings";
import { disconnect } from "../../lib/socket";
import { useStore } from "../../lib/store";
import { Icon } from "../icon";

interface PanelProps {
  readonly name: string;
  readonly username: string | null;
  readonly trigger: RefObject<HTMLElement | null>;
  readonly onClose: () => void;
}

export function AccountPanel({ name, username, trigger, onClose }: PanelProps) {
  const zone = useStore(zoneStore);
  const router = useRouter();
  const queryClient = useQueryClient();

  const permissions = useQuery(selfQuery).data?.permissions ?? [];
  const isAdministrator = permissions.includes("system.iam.update");

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
    <Popover
      placement="bottom end"
      className="popover"
      triggerRef={trigger}
      isOpen
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <p className="popover-head">
        <b>{name}</b>
        {username !== null && username !== name ? <span className="quiet">{username}</span> : null}
      </p>
      <Menu className="menu" aria-label="Your account" autoFocus="first" onClose={onClose}>
        <MenuItem className="item" onAction={() => zoneStore.set(zone === "utc" ? "local" : "utc")}>
          <Icon name="clock" />
          {zone === "utc" ? "Show local times" : "Show times in UTC"}
        </MenuItem>
        {isAdministrator ? (
          <MenuItem className="item" onAction={() => void router.navigate({ to: "/system/audit", search: {} })}>
            <Icon name="gear" />
            System
          </MenuItem>
        ) : null}
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
  );
}
