import { toInstant } from "../../../kernel/instant";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import type { Actor } from "../../../kernel/permissions";
import type { AuditTrail } from "../../../kernel/audit-trail";
import { auditedUser, type User } from "../domain/accounts";
import type { EndedSessions } from "./ports";

export interface EndSessionCommand {
  readonly user: User;
  readonly session: { readonly id: string; readonly expiresAtMs: number };
  readonly request: NonNullable<Actor["request"]>;
}

/** Signs a user out of one session. Its token is refused from then on, on all replicas; other sessions go on. */
export class EndSession {
  constructor(
    private readonly deps: {
      readonly unitOfWork: UnitOfWork<{ readonly endedSessions: EndedSessions; readonly audit: AuditTrail }>;
      /** Makes this process look sessions up anew. */
      readonly forget: () => void;
    },
  ) {}

  async execute({ user, session, request }: EndSessionCommand): Promise<void> {
    const actor: Actor = { id: user.id, type: "USER", label: user.fullName ?? user.username, grants: [], request };
    await this.deps.unitOfWork.run(async ({ endedSessions, audit }) => {
      const isNew = await endedSessions.add({ id: session.id, expiresAt: toInstant(session.expiresAtMs) });
      if (isNew) await audit.add({ actor, action: "user.sign_out", object: auditedUser(user) });
    });
    this.deps.forget();
  }
}
