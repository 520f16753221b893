import { Column, Entity, PrimaryColumn } from "typeorm";
import { InstantColumn } from "../../../infrastructure/postgres/instant-column";
import type { Instant } from "../../../kernel/instant";

/** A folder or store that replicas have used. */
@Entity("installation_place")
export class InstallationPlaceRow {
  /** `bundles` or `releases`. */
  @PrimaryColumn({ type: "text", primaryKeyConstraintName: "installation_place_pkey" })
  kind: string;

  @PrimaryColumn({ type: "text", name: "place_id", primaryKeyConstraintName: "installation_place_pkey" })
  placeId: string;

  @Column({ type: "text" })
  address: string;

  /** Of the replica that started last with it. */
  @Column({ type: "text" })
  host: string;

  @InstantColumn({ name: "seen_at" })
  seenAt: Instant;
}
