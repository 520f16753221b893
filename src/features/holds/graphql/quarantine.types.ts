import { Field, ID, ObjectType } from "type-graphql";
import { Actor } from "../../../infrastructure/graphql/actor.types";
import { DateTime } from "../../../infrastructure/graphql/scalars";
import type { Instant } from "../../../kernel/instant";
import { heldImageReference, type Hold } from "../domain/hold";

@ObjectType({
  simpleResolvers: true,
  description:
    "Content that must not be deployed to a Deployment again, until it is lifted: an image, by digest or where none is known by tag, and a DAG bundle by checksum.",
})
export class Quarantine {
  @Field(() => ID, { description: "Its id, for liftQuarantine." })
  id: string;

  @Field(() => String, { description: "Why." })
  reason: string;

  @Field(() => Actor, { description: "Who quarantined it." })
  createdBy: Actor;

  @Field(() => DateTime, { description: "When." })
  createdAt: Instant;

  @Field(() => String, { nullable: true, description: "The image; null where it is on DAGs only." })
  image: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The SHA-256 of the DAG bundle's archive, in hexadecimal digits; null where it is on an image only.",
  })
  dagBundleSha256: string | null;

  @Field(() => ID, {
    description: "The revision that it was put on. The id stays when that revision was cleaned up.",
  })
  deployRevisionId: string;
}

export const presentQuarantine = (hold: Hold): Quarantine => ({
  id: hold.id,
  reason: hold.reason,
  createdBy: { id: hold.actorId, type: hold.actorType, label: hold.actorLabel },
  createdAt: hold.createdAt,
  image: heldImageReference(hold),
  dagBundleSha256: hold.dagBundleSha256,
  deployRevisionId: hold.revisionId,
});
