import { Entity, PrimaryColumn } from "typeorm";
import type { Instant } from "../../../kernel/instant";
import { InstantColumn } from "../../../infrastructure/postgres/instant-column";

/** A session that its user has signed out of. */
@Entity("ended_session")
export class EndedSessionRow {
  /** The session's id, which its token carries as `jti`. */
  @PrimaryColumn({ type: "uuid", primaryKeyConstraintName: "ended_session_pkey" })
  id: string;

  /** When the session would have ended by itself; the row is not needed after that. */
  @InstantColumn({ name: "expires_at" })
  expiresAt: Instant;
}
