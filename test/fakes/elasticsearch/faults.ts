export type Operation = "bulk" | "search" | "template";

export type Fault =
  /** None: for the requests before the one that is to fail. */
  | { readonly kind: "none" }
  | { readonly kind: "status"; readonly status: number; readonly retryAfterSeconds?: number }
  /** The connection breaks, with the request carried out or not. */
  | { readonly kind: "drop"; readonly when: "before" | "after" }
  /** The request is taken and never answered. */
  | { readonly kind: "stall" };

export interface ItemError {
  readonly status: number;
  readonly type: string;
  readonly reason: string;
}

interface Planned {
  readonly operation: Operation;
  readonly fault: Fault;
  left: number;
}

/** What is to go wrong, in the order planned; each fault as many times as was said. */
export class Faults {
  private readonly planned: Planned[] = [];
  private readonly items = new Map<string, { readonly error: ItemError; left: number }>();

  plan(operation: Operation, fault: Fault, times: number): void {
    this.planned.push({ operation, fault, left: times });
  }

  planItem(id: string, error: ItemError, times: number): void {
    this.items.set(id, { error, left: times });
  }

  next(operation: Operation): Fault | null {
    const planned = this.planned.find((one) => one.operation === operation && one.left > 0);
    if (planned === undefined) return null;
    planned.left -= 1;
    return planned.fault;
  }

  nextForItem(id: string): ItemError | null {
    const planned = this.items.get(id);
    if (planned === undefined || planned.left === 0) return null;
    planned.left -= 1;
    return planned.error;
  }

  clear(): void {
    this.planned.length = 0;
    this.items.clear();
  }
}
