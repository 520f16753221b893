import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { headQuery } from "../../lib/queries";
import { isDark, themeStore } from "../../lib/settings";
import { useStore } from "../../lib/store";
import { Icon, Mark } from "../icon";
import { AccountMenu } from "./account-menu";
import { Live } from "./live";
import { openGoTo, openKeys } from "./overlays";

function Crumbs({ releaseName }: { readonly releaseName: string }) {
  const head = useQuery(headQuery(releaseName)).data;
  return (
    <>
      <Link to="/">{head?.workspace?.label ?? "Deployments"}</Link>
      <span aria-hidden="true">/</span>
      <span aria-current="page">{head?.label ?? releaseName}</span>
    </>
  );
}

function ThemeButton() {
  useStore(themeStore);
  const [dark, setDark] = useState(isDark);
  const change = (): void => {
    themeStore.set(dark ? "light" : "dark");
    setDark(!dark);
  };
  return (
    <button type="button" className="icon-btn" aria-label={dark ? "Light colours" : "Dark colours"} onClick={change}>
      <Icon name={dark ? "sun" : "moon"} />
    </button>
  );
}

export function TopBar() {
  const { releaseName } = useParams({ strict: false });
  return (
    <header className="top">
      <Link className="brand" to="/" aria-label="Retrograde, all Deployments">
        <Mark />
        <span>Retrograde</span>
      </Link>
      <nav className="crumbs" aria-label="Where you are">
        {releaseName === undefined ? (
          <Link to="/" activeOptions={{ exact: true, includeSearch: false }} activeProps={{ "aria-current": "page" }}>
            Deployments
          </Link>
        ) : (
          <Crumbs releaseName={releaseName} />
        )}
      </nav>
      <div className="right">
        <Live />
        <button type="button" className="find" onClick={openGoTo}>
          <Icon name="search" /> Go to…<kbd>Ctrl K</kbd>
        </button>
        <ThemeButton />
        <button type="button" className="icon-btn keys" aria-label="Keyboard shortcuts" onClick={openKeys}>
          <Icon name="keyboard" />
        </button>
        <AccountMenu />
      </div>
    </header>
  );
}
