import { FieldResolver, Resolver, Root } from "type-graphql";
import { Invitation } from "../../access/graphql";
import { invitationLinkOf, type Site } from "../domain/site";

@Resolver(() => Invitation)
export class InvitationLinkResolver {
  constructor(private readonly site: Site) {}

  @FieldResolver(() => String, { description: "Where the invited person sets the password in a browser." })
  url(@Root() invitation: Invitation): string {
    return invitationLinkOf(this.site, invitation);
  }
}
