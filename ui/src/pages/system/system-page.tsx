import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, type ReactNode } from "react";
import { selfQuery } from "../../lib/queries";
import { Loading, NotFound } from "../../parts/states";
import { Audit } from "./audit";
import { CleanUp } from "./clean-up";

const PARTS = [
  { to: "/system/audit", word: "Audit trail", permission: "system.iam.update" },
  { to: "/system/clean-up", word: "Clean-up", permission: "system.cleanupDeployRevisions.delete" },
] as const;

interface FrameProps {
  readonly word: (typeof PARTS)[number]["word"];
  readonly children: ReactNode;
}

/** What administrators of the installation look after. Parts that somebody may not use are not there for them. */
function Frame({ word, children }: FrameProps) {
  const { data: self, isPending } = useQuery(selfQuery);
  useEffect(() => {
    document.title = `${word} · Retrograde`;
  }, [word]);
  const parts = PARTS.filter(({ permission }) => self?.permissions.includes(permission) === true);
  if (isPending || !parts.some((part) => part.word === word)) {
    return (
      <main id="main" className="wrap page">
        {isPending ? <Loading what="the page" /> : <NotFound />}
      </main>
    );
  }
  return (
    <main id="main">
      <div className="head">
        <div className="wrap">
          <h1>System</h1>
          <nav className="tabs" aria-label="System">
            {parts.map(({ to, word: one }) => (
              <Link
                key={to}
                to={to}
                activeOptions={{ exact: true, includeSearch: false }}
                activeProps={{ "aria-current": "page" }}
              >
                {one}
              </Link>
            ))}
          </nav>
        </div>
      </div>
      <div className="wrap page">{children}</div>
    </main>
  );
}

export function AuditPage() {
  return (
    <Frame word="Audit trail">
      <Audit />
    </Frame>
  );
}

export function CleanUpPage() {
  return (
    <Frame word="Clean-up">
      <CleanUp />
    </Frame>
  );
}
