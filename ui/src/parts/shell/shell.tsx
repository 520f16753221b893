import { Outlet } from "@tanstack/react-router";
import { Tip } from "../tip";
import { SessionDialog } from "./session-dialog";
import { TopBar } from "./top-bar";
import { Shortcuts } from "./shortcuts";

/** What all pages have around them while one is signed in. */
export function Shell() {
  return (
    <>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <TopBar />
      <Outlet />
      <Shortcuts />
      <SessionDialog />
      <Tip />
    </>
  );
}
