import type { DeployStatus } from "../gql";

const DAY_MS = 86_400_000;

export interface ActivityLine {
  readonly createdAt: string;
  readonly status: DeployStatus;
  readonly isRollback: boolean;
}

/** What was deployed on one day of the viewer's zone. */
export interface ActivityDay {
  /** Such as 2026-11-07. */
  readonly day: string;
  readonly deployed: number;
  readonly failed: number;
  readonly rollbacks: number;
}

const two = (value: number): string => String(value).padStart(2, "0");

/** Returns a day of the viewer's zone, such as 2026-11-07. */
export function dayOf(at: Date): string {
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** Returns the last days up to today, oldest first. @param now ms */
export function lastDays(count: number, now: number): string[] {
  const today = new Date(now);
  return Array.from({ length: count }, (_, index) =>
    dayOf(new Date(today.getFullYear(), today.getMonth(), today.getDate() - (count - 1 - index))),
  );
}

/** Counts deploys by day. A rollback that failed counts as failed; what was superseded did not become anything and is left out. */
export function activityOf(days: readonly string[], lines: readonly ActivityLine[]): ActivityDay[] {
  const counts = new Map(days.map((day) => [day, { day, deployed: 0, failed: 0, rollbacks: 0 }]));
  for (const { createdAt, status, isRollback } of lines) {
    const count = counts.get(dayOf(new Date(createdAt)));
    if (count === undefined || status === "SUPERSEDED") continue;
    if (status === "FAILED") count.failed++;
    else if (isRollback) count.rollbacks++;
    else count.deployed++;
  }
  return [...counts.values()];
}

/** Returns the range of the address as indices of days, [begin, end); the whole where nothing or something older is chosen. */
export function rangeOf(
  days: readonly string[],
  { from, to, sinceMs }: { readonly from?: string; readonly to?: string; readonly sinceMs?: number },
): [number, number] {
  const count = days.length;
  if (sinceMs !== undefined) return [Math.max(0, count - Math.ceil(sinceMs / DAY_MS)), count];
  const begin = from === undefined ? 0 : days.findIndex((day) => day >= from);
  const end = to === undefined ? count : days.filter((day) => day <= to).length;
  const first = begin < 0 ? count - 1 : begin;
  return [first, Math.max(first + 1, end)];
}
