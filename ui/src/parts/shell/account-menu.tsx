import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useRef, useState } from "react";
import { selfQuery } from "../../lib/queries";
import { sessionStore } from "../../lib/session";
import { useStore } from "../../lib/store";

const loadPanel = () => import("./account-panel");
const AccountPanel = lazy(async () => ({ default: (await loadPanel()).AccountPanel }));

function initials(name: string): string {
  const words = name.split(/[\s@._-]+/).filter((word) => word !== "");
  return ((words[0]?.[0] ?? "") + (words[1]?.[0] ?? "")).toUpperCase() || "?";
}

export function AccountMenu() {
  const session = useStore(sessionStore);
  const user = useQuery(selfQuery).data?.user;
  const [open, setOpen] = useState(false);
  const trigger = useRef<HTMLButtonElement>(null);
  const name = user?.fullName ?? user?.username ?? (typeof session === "object" ? session.username : "");
  return (
    <>
      <button
        type="button"
        className="icon-btn"
        ref={trigger}
        aria-haspopup="menu"
        aria-expanded={open}
        onPointerEnter={() => void loadPanel()}
        onClick={() => setOpen(true)}
      >
        <span className="avatar" aria-hidden="true">
          {initials(name)}
        </span>
        <span className="sr">{name}, your account</span>
      </button>
      <Suspense>
        {open ? (
          <AccountPanel
            name={name}
            username={user?.username ?? null}
            trigger={trigger}
            onClose={() => setOpen(false)}
          />
        ) : null}
      </Suspense>
    </>
  );
}
