import { useNavigate, useParams } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { useKeys } from "../../lib/keys";
import { zoneStore } from "../../lib/settings";
import { useStore } from "../../lib/store";
import { closeOverlay, openGoTo, openKeys, overlayStore } from "./overlays";

const GoTo = lazy(async () => ({ default: (await import("./go-to")).GoTo }));
const KeyHelp = lazy(async () => ({ default: (await import("./key-help")).KeyHelp }));

export function Shortcuts() {
  const overlay = useStore(overlayStore);
  const navigate = useNavigate();
  const { releaseName } = useParams({ strict: false });
  const go =
    (to: "/deployments/$releaseName" | `/deployments/$releaseName/${"history" | "logs" | "settings" | "access"}`) =>
    () => {
      if (releaseName !== undefined) void navigate({ to, params: { releaseName } });
    };
  useKeys({
    "ctrl+k": openGoTo,
    "?": openKeys,
    t: () => zoneStore.set(zoneStore.get() === "utc" ? "local" : "utc"),
    "g o": go("/deployments/$releaseName"),
    "g h": go("/deployments/$releaseName/history"),
    "g l": go("/deployments/$releaseName/logs"),
    "g s": go("/deployments/$releaseName/settings"),
    "g a": go("/deployments/$releaseName/access"),
  });
  return (
    <Suspense>
      {overlay === "go-to" ? <GoTo onClose={closeOverlay} /> : null}
      {overlay === "keys" ? <KeyHelp onClose={closeOverlay} /> : null}
    </Suspense>
  );
}
