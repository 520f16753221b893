import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from "typeorm";
import { InstantColumn } from "../../../infrastructure/postgres/instant-column";
import type { Instant } from "../../../kernel/instant";
import type { Identity } from "../domain/match-account";

/** Outlives the user, so that a removed user cannot sign in again with the same identity. */
@Entity("identity")
@Index("identity_user", ["userId"])
export class IdentityRow implements Identity {
  @PrimaryColumn({ type: "text", primaryKeyConstraintName: "identity_pkey" })
  issuer: string;

  @PrimaryColumn({ type: "text", primaryKeyConstraintName: "identity_pkey" })
  subject: string;

  @Column({ type: "text" })
  provider: string;

  @Column({ type: "uuid", name: "user_id", nullable: true })
  userId: string | null;

  @ManyToOne("UserRow", { onDelete: "SET NULL" })
  @JoinColumn({ name: "user_id", foreignKeyConstraintName: "identity_user_fkey" })
  user?: object;

  @InstantColumn({ name: "connected_at" })
  connectedAt: Instant;
}
