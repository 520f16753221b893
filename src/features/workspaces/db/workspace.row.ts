import { Column, Entity, PrimaryColumn } from "typeorm";
import { InstantColumn } from "../../../infrastructure/postgres/instant-column";
import type { Instant } from "../../../kernel/instant";
import type { Workspace } from "../domain/workspace";

@Entity("workspace")
export class WorkspaceRow implements Workspace {
  @PrimaryColumn({ type: "uuid", primaryKeyConstraintName: "workspace_pkey" })
  id: string;

  @Column({ type: "text" })
  label: string;

  @Column({ type: "text", nullable: true })
  description: string | null;

  @InstantColumn({ name: "created_at" })
  createdAt: Instant;

  @InstantColumn({ name: "updated_at" })
  updatedAt: Instant;
}
