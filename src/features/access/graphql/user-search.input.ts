import { Field, InputType } from "type-graphql";
import type { Instant } from "../../../kernel/instant";
import { DateTime, Id, Uuid } from "../../../infrastructure/graphql/scalars";

@InputType({ description: "What users have to match: every field that is given, and not empty, narrows the result." })
export class UserSearch {
  @Field(() => Id, { nullable: true, description: "The user's id." })
  userId?: string | null;

  @Field(() => Uuid, { nullable: true, description: "The same as userId." })
  userUuid?: string | null;

  @Field(() => String, { nullable: true, description: "The whole user name, in either case." })
  username?: string | null;

  @Field(() => String, { nullable: true, description: "The whole of one of the user's addresses, in either case." })
  email?: string | null;

  @Field(() => String, { nullable: true, description: "A part of the person's name, in either case." })
  fullName?: string | null;

  @Field(() => DateTime, { nullable: true, description: "The very instant at which the account was made." })
  createdAt?: Instant | null;

  @Field(() => DateTime, { nullable: true, description: "The very instant at which the account was last changed." })
  updatedAt?: Instant | null;
}
