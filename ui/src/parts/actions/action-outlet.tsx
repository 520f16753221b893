import { lazy, Suspense } from "react";
import { useStore } from "../../lib/store";
import { actionStore } from "./action-store";

const ActionDialog = lazy(async () => ({ default: (await import("./action-dialog")).ActionDialog }));

interface ActionOutletProps {
  readonly deploymentUuid: string;
  readonly releaseName: string;
}

/** Where the question of an action opens, on top of the page. */
export function ActionOutlet(props: ActionOutletProps) {
  const action = useStore(actionStore);
  return <Suspense>{action === null ? null : <ActionDialog action={action} {...props} />}</Suspense>;
}
