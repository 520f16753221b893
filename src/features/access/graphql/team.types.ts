import { Field, ID, Int, ObjectType } from "type-graphql";
import { ItemsOfPage } from "../../../infrastructure/graphql/declared-costs";
import type { Instant } from "../../../kernel/instant";
import { DateTime } from "../../../infrastructure/graphql/scalars";

@ObjectType({ simpleResolvers: true, description: "Users who are granted roles together." })
export class Team {
  @Field(() => ID, { description: "The Team's id." })
  id: string;

  @Field(() => String, { nullable: true, description: "The name that people read; a provider has it only once." })
  name: string | null;

  @Field(() => String, { nullable: true, description: "What it is for; null if nobody has said." })
  description: string | null;

  @Field(() => String, {
    nullable: true,
    description: "local if its members are chosen here, else the provider of single sign-on whose group it is.",
  })
  provider: string | null;

  @Field(() => DateTime, { nullable: true, description: "When it was made." })
  createdAt: Instant | null;

  @Field(() => DateTime, { nullable: true, description: "When its name or description was last changed." })
  updatedAt: Instant | null;
}

@ObjectType({ simpleResolvers: true, description: "One page of Teams." })
export class PaginatedTeams {
  @Field(() => Int, { nullable: true, description: "How many Teams the whole list has, not the page." })
  count: number | null;

  @ItemsOfPage()
  @Field(() => [Team], { nullable: true, description: "The Teams of the page, oldest first." })
  teams: Team[] | null;
}

@ObjectType({ simpleResolvers: true, description: "What became of a change to a Team." })
export class TeamPayload {
  @Field(() => Team, { nullable: true, description: "The Team as it is now, or as it was before it was removed." })
  team: Team | null;

  @Field(() => String, { nullable: true, description: "What was done, in a sentence." })
  message: string | null;
}
