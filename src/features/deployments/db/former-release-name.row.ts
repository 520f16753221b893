import { Column, Entity, PrimaryColumn } from "typeorm";

/** The release name of a Deployment that is gone for good. A trigger of the database writes it. */
@Entity("former_release_name")
export class FormerReleaseNameRow {
  @PrimaryColumn({ type: "text", primaryKeyConstraintName: "former_release_name_pkey" })
  name: string;

  /** Where the Deployment was; the Workspace itself may be gone too. */
  @Column({ type: "uuid", name: "workspace_id" })
  workspaceId: string;
}
