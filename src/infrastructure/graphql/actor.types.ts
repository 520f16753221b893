import { Field, ID, ObjectType } from "type-graphql";
import type { ActorType as ActorTypeName } from "../../kernel/permissions";
import { describedEnum } from "./described-enum";

const ActorType = describedEnum<ActorTypeName>(["USER", "SERVICE_ACCOUNT", "SYSTEM"], {
  name: "ActorType",
  description: "What kind of account acted.",
  valuesConfig: {
    USER: { description: "A person." },
    SERVICE_ACCOUNT: { description: "A program, by its key." },
    SYSTEM: { description: "The platform itself." },
  },
});

@ObjectType({
  simpleResolvers: true,
  description: "Who did it, as known at that time; it stays readable when the account is gone.",
})
export class Actor {
  @Field(() => ID, { description: "The account's id." })
  id: string;

  @Field(() => ActorType, { description: "What kind of account it is." })
  type: ActorTypeName;

  @Field(() => String, { description: "A user's full name, else user name; a service account's label." })
  label: string;
}
