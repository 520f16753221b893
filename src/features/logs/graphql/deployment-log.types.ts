import { Field, ID, ObjectType } from "type-graphql";

@ObjectType({ simpleResolvers: true, description: "One line of the logs of a Deployment." })
export class DeploymentLog {
  @Field(() => ID, { description: "Stays the same however often the line is read." })
  id: string;

  @Field(() => String, { nullable: true, description: "When the line was written, RFC 3339 in UTC." })
  timestamp: string | null;

  @Field(() => String, { nullable: true, description: "The text of the line." })
  message: string | null;
}
