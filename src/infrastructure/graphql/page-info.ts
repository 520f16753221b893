import { Field, ObjectType } from "type-graphql";

@ObjectType({ simpleResolvers: true, description: "Where a page of a list begins and ends." })
export class PageInfo {
  @Field(() => Boolean, { description: "Whether there is more behind it." })
  hasNextPage: boolean;

  @Field(() => Boolean, {
    description: "Whether something comes before it: true where the page was asked for behind a cursor.",
  })
  hasPreviousPage: boolean;

  @Field(() => String, { nullable: true, description: "Cursor of the first line; null on an empty page." })
  startCursor: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Cursor of the last line, for `after` of the next page; null on an empty page.",
  })
  endCursor: string | null;
}
