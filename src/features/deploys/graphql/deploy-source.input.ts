import { Field, InputType } from "type-graphql";

@InputType({ description: "Where what is deployed comes from; shown in the history." })
export class DeploySourceInput {
  @Field(() => String, { nullable: true, description: "The commit; at most 100 characters." })
  commit?: string | null;

  @Field(() => String, { nullable: true, description: "The branch; at most 255 characters." })
  branch?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Of the pipeline's run or the pull request: http or https, at most 2000 characters.",
  })
  url?: string | null;

  @Field(() => String, { nullable: true, description: "Who wrote the change; at most 190 characters." })
  author?: string | null;
}
