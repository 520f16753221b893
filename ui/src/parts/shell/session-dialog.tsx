import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useRef } from "react";
import { sessionStore } from "../../lib/session";
import { disconnect } from "../../lib/socket";
import { useStore } from "../../lib/store";

const SignInAgain = lazy(async () => ({ default: (await import("./sign-in-again")).SignInAgain }));

/** setTimeout takes no more. */
const MAX_WAIT_MS = 2 ** 31 - 1;

/** Opens when the session ends: the page stays as it is, and so does what was typed. */
export function SessionDialog() {
  const session = useStore(sessionStore);
  const queryClient = useQueryClient();
  const username = useRef("");

  useEffect(() => {
    if (typeof session !== "object") return;
    username.current = session.username;
    const left = Date.parse(session.expiresAt) - Date.now();
    const timer = setTimeout(() => sessionStore.set("ended"), Math.min(MAX_WAIT_MS, Math.max(0, left)));
    return () => clearTimeout(timer);
  }, [session]);

  if (session !== "ended") return null;
  const resume = (): void => {
    disconnect();
    void queryClient.invalidateQueries();
  };
  return (
    <Suspense>
      <SignInAgain username={username.current} onSignedIn={resume} />
    </Suspense>
  );
}
