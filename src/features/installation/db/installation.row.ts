import { Check, Column, Entity, PrimaryColumn } from "typeorm";
import { InstantColumn } from "../../../infrastructure/postgres/instant-column";
import type { Instant } from "../../../kernel/instant";

/** Has one row. */
@Entity("installation")
@Check("installation_singleton_check", "singleton")
export class InstallationRow {
  @PrimaryColumn({ type: "boolean", default: true, primaryKeyConstraintName: "installation_pkey" })
  singleton: boolean;

  @Column({ type: "uuid" })
  id: string;

  @Column({ type: "bigint", default: 1 })
  epoch: number;

  @InstantColumn({ name: "created_at" })
  createdAt: Instant;

  /** When the present epoch began; null in the first. */
  @InstantColumn({ name: "restored_at", nullable: true })
  restoredAt: Instant | null;
}
