import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { RequestFailed } from "../../lib/ask";
import { selfQuery } from "../../lib/queries";
import { Failed, Loading } from "../../parts/states";
import { useDeployment } from "../deployment/deployment-context";
import { AddHolder } from "./add-holder";
import { HolderLine } from "./holder-line";
import { deploymentScope, permissionsFor, workspaceScope, type Kind, type Scope } from "./scope";
import { ShownOnce, type OnceText } from "./shown-once";

/** Who may do what: on the Deployment, and in its Workspace. */
export function AccessPage() {
  const head = useDeployment();
  const scopes = useMemo(
    () => [deploymentScope(head), ...(head.workspace == null ? [] : [workspaceScope(head.workspace)])],
    [head],
  );
  useEffect(() => {
    document.title = `Access to ${head.label} · Retrograde`;
  }, [head.label]);
  return (
    <div className="wrap page">
      {scopes.map((scope) => (
        <section key={scope.kind} className="set" aria-labelledby={`access-${scope.kind}`}>
          <div>
            <h2 id={`access-${scope.kind}`}>{scope.title}</h2>
            <p>{scope.note}</p>
          </div>
          <div className="card">
            <Holders scope={scope} workspaceUuid={head.workspace?.id ?? null} />
          </div>
        </section>
      ))}
    </div>
  );
}

interface HoldersProps {
  readonly scope: Scope;
  readonly workspaceUuid: string | null;
}

function Holders({ scope, workspaceUuid }: HoldersProps) {
  const queryClient = useQueryClient();
  const [once, setOnce] = useState<OnceText | null>(null);
  const queryKey = ["access", scope.kind, scope.id];
  const { data, error, refetch } = useQuery({ queryKey, queryFn: ({ signal }) => scope.load(signal) });
  const { data: self } = useQuery(selfQuery);
  const system = self?.permissions ?? [];
  const changed = (): void => void queryClient.invalidateQueries({ queryKey });

  if (data === undefined) {
    if (error === null) return <Loading what="the roles" />;
    return error instanceof RequestFailed && ["FORBIDDEN", "NOT_FOUND"].includes(error.code) ? (
      <p className="quiet pad">You may not see who has a role here.</p>
    ) : (
      <Failed what="The roles" error={error} onRetry={() => void refetch()} />
    );
  }
  const lackFor = (kind: Kind, verb: "create" | "update" | "delete"): string | null => {
    const [own, ofSystem] = permissionsFor(scope, kind, verb);
    return data.permissions.includes(own) || system.includes(ofSystem)
      ? null
      : `It takes the permission ${own}, which you do not have here.`;
  };
  return (
    <>
      {data.holders.length === 0 ? <p className="quiet pad">Nobody has a role of their own here.</p> : null}
      {data.holders.map((holder) => (
        <HolderLine
          key={`${holder.kind} ${holder.id}`}
          holder={holder}
          scope={scope}
          setLack={lackFor(holder.kind, "update")}
          removeLack={lackFor(holder.kind, "delete")}
          onChanged={changed}
        />
      ))}
      {once === null ? null : <ShownOnce once={once} onClose={() => setOnce(null)} />}
      <AddHolder
        scope={scope}
        workspaceUuid={workspaceUuid}
        lackFor={(kind) => lackFor(kind, "create")}
        mayInvite={system.includes("system.user.invite")}
        onOnce={setOnce}
        onChanged={changed}
      />
    </>
  );
}
