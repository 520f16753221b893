import { Arg, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from "type-graphql";
import { MaxItems } from "../../../infrastructure/graphql/declared-costs";
import type { GraphqlContext } from "../../../infrastructure/graphql/context";
import { DateTime, Uuid } from "../../../infrastructure/graphql/scalars";
import type { Instant } from "../../../kernel/instant";
import { heldPermissions, SYSTEM_SCOPE, type Actor } from "../../../kernel/permissions";
import type { CreateUser } from "../app/create-user";
import type { ServiceAccounts } from "../app/service-accounts";
import type { SignIn } from "../app/sign-in";
import type { Account } from "../domain/actor-name";
import type { Role as RoleName } from "../domain/roles";
import type { AccessLoaders } from "./access.loaders";
import { rolesSeenBy } from "../domain/directory";
import { AuthUser, Email, Role, RoleBinding, ServiceAccount, User } from "./access.types";
import { presentServiceAccount } from "./present";
import { Team } from "./team.types";

@Resolver()
export class SignInResolver {
  constructor(
    private readonly deps: {
      readonly signIn: SignIn;
      readonly createUser: CreateUser;
      readonly loaders: (context: GraphqlContext) => AccessLoaders;
    },
  ) {}

  @Mutation(() => AuthUser, {
    nullable: true,
    description: "Signs in with a password. Attempts are limited per account and per address.",
  })
  async createToken(
    @Ctx() context: GraphqlContext,
    @Arg("identity", () => String, { nullable: true, description: "User name or e-mail address." })
    identity: string | null | undefined,
    @Arg("password", () => String, { description: "The password." }) password: string,
  ): Promise<AuthUser> {
    const { requestId: id, address } = context;
    const { user, token } = await this.deps.signIn.execute({
      identity: identity ?? "",
      password,
      request: { id, address },
    });
    this.deps.loaders(context).own.add(user.id);
    return { user, token: { value: token } };
  }

  @Mutation(() => AuthUser, {
    nullable: true,
    description:
      "Creates a user. The first user of an installation needs the secret that the start of the service prints, or BOOTSTRAP_TOKEN, as `inviteToken`, and becomes SYSTEM_ADMIN; later ones take an invitation, or public sign-ups. A caller with system.user.invite invites: the user is pending, the password is dropped, and the answer holds an invitation in place of a session; to repeat it for a pending user makes a new one. With the invitation's token and the same address anybody sets the password, and is signed in. Who signs up without one is pending until an administrator has confirmed the address (verifyEmail), unless the configuration does without.",
  })
  async createUser(
    @Ctx() context: GraphqlContext,
    @Arg("email", () => String, { description: "The user's e-mail address." }) email: string,
    @Arg("password", () => String, { description: "8 to 128 characters." }) password: string,
    @Arg("username", () => String, { nullable: true, description: "The name to sign in with; without it the address." })
    username?: string | null,
    @Arg("inviteToken", () => String, {
      nullable: true,
      description: "The token of an invitation, or the secret for the first user; empty is none.",
    })
    inviteToken?: string | null,
  ): Promise<AuthUser> {
    const actor = await context.actorOrNull();
    const { requestId: id, address } = context;
    const { user, token, invitation } = await this.deps.createUser.execute({
      actor,
      email,
      password,
      username: username ?? undefined,
      inviteToken: inviteToken ?? undefined,
      request: { id, address },
    });
    if (invitation == null) this.deps.loaders(context).own.add(user.id);
    return { user, token: token === null ? null : { value: token }, invitation };
  }
}

/** Fields of the account that signs in, or is signed in. */
@Resolver(() => AuthUser)
export class AuthUserResolver {
  /** @param actorOf the account's owner with current permissions; null if the account cannot act */
  constructor(private readonly actorOf: (account: Account) => Promise<Actor | null>) {}

  @MaxItems(50)
  @FieldResolver(() => [String], {
    description:
      "The system permissions that they hold, such as system.users.get, sorted; empty where they cannot act.",
  })
  async permissions(@Root() { user, serviceAccount }: AuthUser): Promise<string[]> {
    const account: Account | null =
      user !== null
        ? { type: "USER", id: user.id }
        : serviceAccount
          ? { type: "SERVICE_ACCOUNT", id: serviceAccount.id }
          : null;
    const actor = account && (await this.actorOf(account));
    return actor === null ? [] : heldPermissions(actor, SYSTEM_SCOPE);
  }
}

@Resolver(() => User)
export class UserResolver {
  constructor(private readonly loaders: (context: GraphqlContext) => AccessLoaders) {}

  @FieldResolver(() => Uuid, { nullable: true, description: "The same as id." })
  uuid(@Root() user: User): string {
    return user.id;
  }

  @FieldResolver(() => String, {
    nullable: true,
    description:
      "The name to sign in with; the e-mail address unless chosen. Null for an address that you may not see.",
  })
  async username(@Root() user: User, @Ctx() context: GraphqlContext): Promise<string | null> {
    const { username } = user;
    return username === null || !username.includes("@") || (await this.isKnown(user, context)) ? username : null;
  }

  @MaxItems(2)
  @FieldResolver(() => [Email], {
    nullable: true,
    description:
      "The user's addresses. Null without system.users.get, unless it is you, or you share a Workspace or a Team.",
  })
  async emails(@Root() user: User, @Ctx() context: GraphqlContext): Promise<Email[] | null> {
    return (await this.isKnown(user, context)) ? this.loaders(context).emailsByUser.load(user.id) : null;
  }

  @MaxItems(10)
  @FieldResolver(() => [RoleBinding], {
    nullable: true,
    description:
      "The roles that were granted to the user, without those of their Teams. Of others without system.users.get only those on Workspaces and Deployments whose users you may see.",
  })
  async roleBindings(@Root() user: User, @Ctx() context: GraphqlContext): Promise<RoleBinding[]> {
    const { own, bindingsByUser } = this.loaders(context);
    const bindings = await bindingsByUser.load(user.id);
    if (own.has(user.id)) return bindings;
    const actor = await context.actor();
    return user.id === actor.id ? bindings : rolesSeenBy(actor, "users", bindings);
  }

  private async isKnown({ id }: User, context: GraphqlContext): Promise<boolean> {
    const { own, isKnownUser } = this.loaders(context);
    return own.has(id) || isKnownUser.load(id);
  }
}

@Resolver(() => RoleBinding)
export class RoleBindingResolver {
  constructor(private readonly loaders: (context: GraphqlContext) => AccessLoaders) {}

  @FieldResolver(() => User, { nullable: true, description: "Who has the role, where it is a user." })
  user(@Root() { userId }: RoleBinding, @Ctx() context: GraphqlContext): Promise<User | null> | null {
    return userId === null ? null : this.loaders(context).users.load(userId);
  }

  @FieldResolver(() => Team, { nullable: true, description: "Whose members have the role, where it is a Team's." })
  team(@Root() { teamId }: RoleBinding, @Ctx() context: GraphqlContext): Promise<Team | null> | null {
    return teamId === null ? null : this.loaders(context).teams.load(teamId);
  }

  @FieldResolver(() => ServiceAccount, {
    nullable: true,
    description: "Who has the role, where it is a service account.",
  })
  async serviceAccount(
    @Root() { serviceAccountId }: RoleBinding,
    @Ctx() context: GraphqlContext,
  ): Promise<ServiceAccount | null> {
    const account =
      serviceAccountId === null ? null : await this.loaders(context).serviceAccounts.load(serviceAccountId);
    return account && presentServiceAccount(account);
  }
}

@Resolver()
export class SystemServiceAccountResolver {
  constructor(private readonly serviceAccounts: ServiceAccounts) {}

  @MaxItems(100)
  @Query(() => [ServiceAccount], {
    nullable: true,
    description: "Service accounts with a role on the whole system. Requires system.serviceAccounts.get.",
  })
  async systemServiceAccounts(@Ctx() context: GraphqlContext): Promise<ServiceAccount[]> {
    const accounts = await this.serviceAccounts.list(await context.actor(), SYSTEM_SCOPE);
    return accounts.map((account) => presentServiceAccount(account));
  }

  @Mutation(() => ServiceAccount, {
    nullable: true,
    description:
      "Creates a service account with a role on the whole system. Requires system.serviceAccounts.create, and every permission that the role grants.",
  })
  async createSystemServiceAccount(
    @Ctx() context: GraphqlContext,
    @Arg("label", () => String, { description: "What it is for." }) label: string,
    @Arg("role", () => Role, { description: "A SYSTEM_… role." }) role: RoleName,
    @Arg("category", () => String, { nullable: true, description: "A grouping of your choice." })
    category?: string | null,
    @Arg("expiresAt", () => DateTime, {
      nullable: true,
      description: "When the key ends by itself; absent or null is never, or the installation's max age of keys.",
    })
    expiresAt?: Instant | null,
  ): Promise<ServiceAccount> {
    const { account, apiKey } = await this.serviceAccounts.create({
      actor: await context.actor(),
      scope: SYSTEM_SCOPE,
      label,
      role,
      category: category ?? undefined,
      expiresAt,
    });
    return presentServiceAccount(account, apiKey);
  }

  @Mutation(() => ServiceAccount, {
    nullable: true,
    description:
      "Changes what is given of a service account of the system; its key stays. Requires system.serviceAccounts.update, and for a new role every permission that it grants.",
  })
  async updateSystemServiceAccount(
    @Ctx() context: GraphqlContext,
    @Arg("serviceAccountUuid", () => Uuid, { description: "Which service account." }) id: string,
    @Arg("label", () => String, { nullable: true, description: "What it is for; absent keeps." }) label?: string | null,
    @Arg("category", () => String, {
      nullable: true,
      description: "A grouping of your choice; absent keeps, null clears.",
    })
    category?: string | null,
    @Arg("role", () => Role, {
      nullable: true,
      description: "A SYSTEM_… role in place of the one that it has; absent keeps.",
    })
    role?: RoleName | null,
  ): Promise<ServiceAccount> {
    const actor = await context.actor();
    return presentServiceAccount(
      await this.serviceAccounts.update({
        actor,
        scope: SYSTEM_SCOPE,
        id,
        label: label ?? undefined,
        category,
        role: role ?? undefined,
      }),
    );
  }

  @Mutation(() => ServiceAccount, {
    nullable: true,
    description: "Deletes a service account of the system; its key is refused from then on.",
  })
  async deleteSystemServiceAccount(
    @Ctx() context: GraphqlContext,
    @Arg("serviceAccountUuid", () => Uuid, { description: "Which one." }) id: string,
  ): Promise<ServiceAccount> {
    const actor = await context.actor();
    return presentServiceAccount(await this.serviceAccounts.delete(actor, SYSTEM_SCOPE, id));
  }
}
