import { randomUUID } from "node:crypto";
import { DEPLOY_ROLLBACK, type LogLine, type NewLogLine } from "../../src/features/logs";
import { newId } from "../../src/kernel/ids";

export function newLine(overrides: Partial<NewLogLine> = {}): NewLogLine {
  return {
    deploymentId: randomUUID(),
    workspaceId: randomUUID(),
    releaseName: "quasaric-sun-9051",
    component: DEPLOY_ROLLBACK,
    message: "Rolled back to #3",
    fields: { event: "rollback.accepted", fromRuntimeVersion: "12.1.0", toRuntimeVersion: "11.3.0" },
    createdAt: "2024-11-11T09:30:00.000Z",
    ...overrides,
  };
}

export function line(overrides: Partial<LogLine> = {}): LogLine {
  return { ...newLine(overrides), id: overrides.id ?? newId() };
}

/** As many lines of one Deployment, told apart by their messages `#0`, `#1` … */
export function newLines(count: number, overrides: Partial<NewLogLine> = {}): NewLogLine[] {
  const deploymentId = randomUUID();
  return Array.from({ length: count }, (_, number) => newLine({ deploymentId, message: `#${number}`, ...overrides }));
}

/** The messages of so many `newLines`. */
export const messages = (count: number): string[] => Array.from({ length: count }, (_, number) => `#${number}`);
