import type { Request } from "./connection";
import { putUnderLoad, type LoadPlan } from "./load";

export type Order =
  | { readonly kind: "requests"; readonly requests: readonly Request[] }
  | { readonly kind: "run"; readonly plan: Omit<LoadPlan, "requests"> }
  | { readonly kind: "stop" };

let requests: readonly Request[] = [];
let running = new AbortController();

process.on("message", (order: Order) => {
  switch (order.kind) {
    case "requests":
      requests = order.requests;
      return;
    case "stop":
      running.abort();
      return;
    case "run":
      running = new AbortController();
      void putUnderLoad({ ...order.plan, requests }, running.signal).then((result) => process.send?.(result));
  }
});
process.on("disconnect", () => process.exit());
