import { Field, ID, ObjectType } from "type-graphql";
import { describedEnum } from "../../../infrastructure/graphql/described-enum";
import { MaxItems } from "../../../infrastructure/graphql/declared-costs";
import { DateTime, Uuid } from "../../../infrastructure/graphql/scalars";
import type { Instant } from "../../../kernel/instant";
import { ROLES, type Role as RoleName } from "../domain/roles";

/** The roles as an enum object, which is what type-graphql registers. */
const levels = {
  SYSTEM: "on the whole system",
  WORKSPACE: "on the bound Workspace",
  DEPLOYMENT: "on the bound Deployment",
};
const tiers = { ADMIN: "Everything", EDITOR: "Changing things", VIEWER: "Looking at things" };

function descriptionOf(role: RoleName): string {
  if (role === "USER") return "What every user has who is signed in.";
  const [level, tier] = role.split("_") as [keyof typeof levels, keyof typeof tiers];
  return `${tiers[tier]} ${levels[level]}.`;
}

export const Role = describedEnum(ROLES, {
  name: "Role",
  description:
    "A set of permissions that is bound to a user, a Team or a service account, on the level that its name starts with.",
  valuesConfig: Object.fromEntries(ROLES.map((role) => [role, { description: descriptionOf(role) }])) as Record<
    RoleName,
    { description: string }
  >,
});

@ObjectType({ simpleResolvers: true, description: "An e-mail address of a user." })
export class Email {
  @Field(() => String, { nullable: true, description: "The address, in lower case." })
  address: string | null;

  @Field(() => Boolean, { nullable: true, description: "Whether the address is known to be the user's." })
  verified: boolean | null;

  @Field(() => Boolean, { nullable: true, description: "Whether mail goes to this address first." })
  primary: boolean | null;
}

@ObjectType({ simpleResolvers: true, description: "A person with an account." })
export class User {
  @Field(() => ID, { description: "The user's id." })
  id: string;

  @Field(() => String, { nullable: true, description: "The person's name, where it is known." })
  fullName: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "active, or pending: unable to sign in until the invitation is accepted, or an administrator has confirmed the address.",
  })
  status: string | null;

  @Field(() => DateTime, { nullable: true, description: "When the account was made." })
  createdAt: Instant | null;

  @Field(() => DateTime, { nullable: true, description: "When the account was last changed." })
  updatedAt: Instant | null;

  username: string | null;
}

@ObjectType({ simpleResolvers: true, description: "A session token." })
export class Token {
  @Field(() => String, { nullable: true, description: "To be sent in the authorization header, raw or behind Bearer." })
  value: string | null;
}

@ObjectType({
  simpleResolvers: true,
  description: "A key for programs, with one role on the system, a Workspace or a Deployment.",
})
export class ServiceAccount {
  @Field(() => ID, { description: "The service account's id." })
  id: string;

  @Field(() => String, { nullable: true, description: "What it is for, in its maker's words." })
  label: string | null;

  @Field(() => String, {
    nullable: true,
    description: "In full in the answer that created it, and its first characters ever after.",
  })
  apiKey: string | null;

  @Field(() => String, { nullable: true, description: "A grouping of the maker's choice." })
  category: string | null;

  @Field(() => String, { nullable: true, description: "WORKSPACE, DEPLOYMENT or SYSTEM." })
  entityType: string | null;

  @Field(() => Uuid, {
    nullable: true,
    description: "The Workspace or Deployment that it belongs to; null for the system.",
  })
  entityUuid: string | null;

  @Field(() => Uuid, { nullable: true, description: "The Workspace that it belongs to, if it belongs to one." })
  workspaceUuid: string | null;

  @Field(() => Uuid, { nullable: true, description: "The Deployment that it belongs to, if it belongs to one." })
  deploymentUuid: string | null;

  @Field(() => Boolean, { nullable: true, description: "Whether the key is accepted." })
  active: boolean | null;

  @Field(() => DateTime, {
    nullable: true,
    description:
      "When the key ends by itself: at the date given for it, or by the installation's max age of keys, whichever is earlier. Null for never.",
  })
  expiresAt: Instant | null;

  @Field(() => DateTime, {
    nullable: true,
    description: "When the key was last used, to the minute; null before its first use.",
  })
  lastUsedAt: Instant | null;

  @Field(() => String, {
    nullable: true,
    description: "The network address that lastUsedAt came from; null before the first use, and where it is unknown.",
  })
  lastUsedAddress: string | null;

  @Field(() => DateTime, { nullable: true, description: "When it was made." })
  createdAt: Instant | null;

  @Field(() => DateTime, { nullable: true, description: "When it was last changed." })
  updatedAt: Instant | null;
}

@ObjectType({ description: "What an invited person needs to set a password. It is shown once, and works once." })
export class Invitation {
  @Field(() => String, { simple: true, description: "To be sent as createUser(inviteToken:), with the address." })
  token: string;

  @Field(() => DateTime, { simple: true, description: "When it ends by itself." })
  expiresAt: Instant;

  email: string;
}

@ObjectType({
  simpleResolvers: true,
  description: "Who is signed in: the answer to every operation that signs somebody in.",
})
export class AuthUser {
  @Field(() => User, { nullable: true, description: "Who is signed in now, if it is a person." })
  user: User | null;

  @Field(() => ServiceAccount, { nullable: true, description: "Who is signed in now, if it is a service account." })
  serviceAccount?: ServiceAccount | null;

  @Field(() => Token, {
    nullable: true,
    description: "The token of a new session; null where none begins, as for a user who is pending.",
  })
  token: Token | null;

  @Field(() => Invitation, {
    nullable: true,
    description: "For the inviter to hand on to the invited user; null where nobody was invited.",
  })
  invitation?: Invitation | null;
}

@ObjectType({
  description:
    "Grants a role to a user, a Team or a service account, on the system, on a Workspace or on a Deployment.",
})
export class RoleBinding {
  @Field(() => ID, { simple: true, description: "The binding's id." })
  id: string;

  @Field(() => Role, { simple: true, nullable: true, description: "The role that is granted." })
  role: RoleName | null;

  userId: string | null;
  serviceAccountId: string | null;
  teamId: string | null;
  workspaceId: string | null;
  deploymentId: string | null;
}

@ObjectType({ simpleResolvers: true, description: "A way to sign in through somebody else." })
export class AuthProvider {
  @Field(() => String, { nullable: true, description: "The provider's short name." })
  name: string | null;

  @Field(() => String, { nullable: true, description: "The provider's name for people." })
  displayName: string | null;

  @Field(() => String, { nullable: true, description: "Where to send the browser." })
  url: string | null;
}

@ObjectType({ simpleResolvers: true, description: "How people can sign in. Answered without a login." })
export class AuthConfig {
  @Field(() => Boolean, { nullable: true, description: "Whether user name and password are accepted." })
  localEnabled: boolean | null;

  @Field(() => Boolean, { nullable: true, description: "Whether anybody may create an account." })
  publicSignup: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      "True while there is no user at all: the first one needs the secret of the service's start, and becomes SYSTEM_ADMIN.",
  })
  initialSignup: boolean | null;

  @MaxItems(10)
  @Field(() => [AuthProvider], {
    nullable: true,
    description:
      "Providers of single sign-on; where there are none but passwords are taken, our own page that asks for one.",
  })
  providers: AuthProvider[] | null;
}
