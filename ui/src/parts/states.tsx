import { useEffect, useState, type ReactNode } from "react";
import { RequestFailed } from "../lib/ask";
import type { IconName } from "../lib/icon-shapes";
import { Icon } from "./icon";

/** The shape of what comes, after 200 ms: what is there sooner does not flicker. */
export function Loading({ what }: { readonly what: string }) {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), 200);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div role="status" aria-busy="true" className={shown ? "card skeleton" : "skeleton hidden"}>
      <span className="sr">Loading {what}</span>
      {[70, 46, 58, 64].map((width) => (
        <div key={width} className="skrow">
          <div className="sk" />
          <div className="sk" />
          <div className="sk" style={{ width: `${width}%` }} />
          <div className="sk" />
          <div className="sk" />
        </div>
      ))}
    </div>
  );
}

interface FailedProps {
  /** Such as "The history". */
  readonly what: string;
  readonly error: Error;
  readonly onRetry: () => void;
}

export function Failed({ what, error, onRetry }: FailedProps) {
  if (error instanceof RequestFailed && ["NOT_FOUND", "FORBIDDEN"].includes(error.code)) return <NotFound />;
  const requestId = error instanceof RequestFailed ? error.requestId : null;
  return (
    <div className="note bad" role="alert">
      <Icon name="circle-x" />
      <div>
        <p>
          <b>{what} could not be loaded.</b> {error.message}
        </p>
        <p className="soft">What runs is not touched by this.{requestId === null ? "" : ` Request ${requestId}.`}</p>
      </div>
      <div className="end">
        <button type="button" className="btn sm" onClick={onRetry}>
          Try again
        </button>
      </div>
    </div>
  );
}

interface EmptyProps {
  readonly icon: IconName;
  readonly title: string;
  /** Whether it is all that the page has. */
  readonly isPage?: boolean;
  readonly children: ReactNode;
}

export function Empty({ icon, title, isPage = false, children }: EmptyProps) {
  return (
    <div className="mid">
      <Icon name={icon} />
      {isPage ? <h1>{title}</h1> : <h2>{title}</h2>}
      {children}
    </div>
  );
}

/** The same words for what is not there and for what one may not see. */
export function NotFound() {
  return (
    <div className="card state">
      <Empty icon="search" title="Not found" isPage>
        <p>It does not exist, or you may not see it.</p>
        <a className="btn" href="/">
          All Deployments
        </a>
      </Empty>
    </div>
  );
}
