import { DomainError } from "../../../kernel/errors";
import type { RollbackIssue } from "./rollback-issues";

/** A rollback that the rules do not allow; nothing was written. `code` is that of the first issue. */
export class RollbackRefused extends DomainError {
  readonly code: string;
  override readonly details: Readonly<Record<string, unknown>>;

  constructor(readonly issues: readonly [RollbackIssue, ...RollbackIssue[]]) {
    super(issues.map(({ message }) => message).join(" "));
    this.code = issues[0].code;
    this.details = { issues };
  }
}
