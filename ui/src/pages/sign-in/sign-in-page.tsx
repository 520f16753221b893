import { useQuery } from "@tanstack/react-query";
import { useRouter, useSearch } from "@tanstack/react-router";
import { useEffect } from "react";
import { authConfigQuery, isFirstRun } from "../../lib/auth-config";
import { queryClient } from "../../lib/query-client";
import { safeReturn } from "../../lib/search";
import { Mark } from "../../parts/icon";
import { FirstRunForm } from "./first-run-form";
import { SignInForm } from "../../parts/sign-in-form";

const PAGE: Readonly<Record<string, string>> = {
  history: "Deploy History of ",
  logs: "Logs of ",
  settings: "Settings of ",
  access: "Access to ",
};

/** Returns what the path leads to, in words; null for the first page. */
function placeOf(path: string): string | null {
  const [, releaseName, page] = /^\/deployments\/([^/?]+)(?:\/([^/?]+))?/.exec(path) ?? [];
  if (releaseName === undefined) return null;
  return `${PAGE[page ?? ""] ?? ""}${decodeURIComponent(releaseName)}`;
}

export function SignInPage() {
  const router = useRouter();
  const { to } = useSearch({ from: "/sign-in" });
  const returnTo = safeReturn(to);
  const place = placeOf(returnTo);
  const { data: isFirst = false } = useQuery({ ...authConfigQuery(returnTo), select: isFirstRun });
  useEffect(() => {
    document.title = "Sign in · Retrograde";
  }, []);
  const enter = (): void => {
    queryClient.clear();
    router.history.push(returnTo);
  };
  return (
    <main className="signin">
      <div className="card">
        <div className="brand">
          <Mark />
          <span>Retrograde</span>
        </div>
        <div>
          <h1>{isFirst ? "Create the first administrator" : "Sign in"}</h1>
          {isFirst ? (
            <p className="quiet">
              Nobody has an account here yet. The start of the service has printed a secret for this.
            </p>
          ) : place === null ? null : (
            <p className="quiet">to go on to {place}</p>
          )}
        </div>
        {isFirst ? <FirstRunForm onSignedIn={enter} /> : <SignInForm returnTo={returnTo} onSignedIn={enter} />}
      </div>
    </main>
  );
}
