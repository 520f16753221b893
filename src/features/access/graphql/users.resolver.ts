import { Arg, Ctx, Mutation, Query, Resolver } from "type-graphql";
import { MaxItems } from "../../../infrastructure/graphql/declared-costs";
import type { GraphqlContext } from "../../../infrastructure/graphql/context";
import { Uuid } from "../../../infrastructure/graphql/scalars";
import type { FindUsers } from "../app/find-users";
import type { Passwords } from "../app/passwords";
import type { RemoveUser } from "../app/remove-user";
import type { UpdateUser } from "../app/update-user";
import type { VerifyEmail } from "../app/verify-email";
import type { AccessLoaders } from "./access.loaders";
import { AuthUser, User } from "./access.types";
import { presentServiceAccount } from "./present";
import { UserSearch } from "./user-search.input";

@Resolver()
export class UsersResolver {
  constructor(
    private readonly deps: {
      readonly users: FindUsers;
      readonly removeUser: RemoveUser;
      readonly verifyEmail: VerifyEmail;
      readonly updateUser: UpdateUser;
      readonly passwords: Passwords;
      readonly loaders: (context: GraphqlContext) => AccessLoaders;
    },
  ) {}

  @Query(() => AuthUser, {
    nullable: true,
    description:
      "Who you are: a user, or a service account. Takes nothing but to be signed in; no new token comes with it.",
  })
  async self(@Ctx() context: GraphqlContext): Promise<AuthUser> {
    const { user, serviceAccount } = await this.deps.users.self(await context.actor());
    return { user, serviceAccount: serviceAccount && presentServiceAccount(serviceAccount), token: null };
  }

  @MaxItems(100)
  @Query(() => [User], {
    nullable: true,
    description: "Users who match, by user name; all of them where nothing is asked for. Requires system.users.get.",
  })
  async users(
    @Ctx() context: GraphqlContext,
    @Arg("user", () => UserSearch, { nullable: true, description: "What they have to match." })
    user?: UserSearch | null,
  ): Promise<User[]> {
    return this.deps.users.search(await context.actor(), user ?? {});
  }

  @Mutation(() => User, {
    nullable: true,
    description:
      "Removes a user, whose sessions end at once; answers who it was. The deploy history keeps the name. Requires system.user.delete. The last SYSTEM_ADMIN, and the last WORKSPACE_ADMIN of a Workspace, stay.",
  })
  async removeUser(
    @Ctx() context: GraphqlContext,
    @Arg("id", () => Uuid, { nullable: true, description: "Which user." }) id?: string | null,
    @Arg("userUuid", () => Uuid, {
      nullable: true,
      description: "The same as id, as older clients say; one of both has to be given.",
    })
    userUuid?: string | null,
  ): Promise<User> {
    const actor = await context.actor();
    const { user, emails } = await this.deps.removeUser.execute({ actor, id: id ?? null, userUuid: userUuid ?? null });
    this.deps.loaders(context).emailsByUser.prime(user.id, [...emails]);
    return user;
  }

  @Mutation(() => Boolean, {
    nullable: true,
    description:
      "Confirms that an address is its user's, and lets a user act who was pending. A password that was set before is taken away, and sessions end. Requires system.user.verifyEmail, and every permission that the user's roles grant.",
  })
  async verifyEmail(
    @Ctx() context: GraphqlContext,
    @Arg("email", () => String, { description: "The address." }) email: string,
  ): Promise<boolean> {
    await this.deps.verifyEmail.execute({ actor: await context.actor(), email });
    return true;
  }

  @Mutation(() => User, {
    nullable: true,
    description: "Changes the names of a user. Your own takes nothing; that of others takes system.iam.update.",
  })
  async updateUser(
    @Ctx() context: GraphqlContext,
    @Arg("userUuid", () => Uuid, { nullable: true, description: "Which user; without it yourself." })
    userUuid?: string | null,
    @Arg("username", () => String, {
      nullable: true,
      description: "The name to sign in with, 1 to 190 characters; absent keeps.",
    })
    username?: string | null,
    @Arg("fullName", () => String, {
      nullable: true,
      description: "The person's name, at most 190 characters; absent keeps, null clears.",
    })
    fullName?: string | null,
  ): Promise<User> {
    const actor = await context.actor();
    return this.deps.updateUser.execute({
      actor,
      userId: userUuid || undefined,
      username: username ?? undefined,
      fullName,
    });
  }

  @Mutation(() => AuthUser, {
    nullable: true,
    description:
      "Changes your own password, and ends all your sessions; the answer holds the token of a new one. Wrong attempts are limited as those to sign in are.",
  })
  async changePassword(
    @Ctx() context: GraphqlContext,
    @Arg("currentPassword", () => String, { description: "The password until now." }) currentPassword: string,
    @Arg("newPassword", () => String, { description: "8 to 128 characters." }) newPassword: string,
  ): Promise<AuthUser> {
    const actor = await context.actor();
    const { user, token } = await this.deps.passwords.change({
      actor,
      currentPassword,
      newPassword,
    });
    this.deps.loaders(context).own.add(user.id);
    return { user, token: { value: token } };
  }

  @Mutation(() => User, {
    nullable: true,
    description:
      "Gives another user a new password, and ends all their sessions. Requires system.iam.update, and every permission that the user's roles grant.",
  })
  async setUserPassword(
    @Ctx() context: GraphqlContext,
    @Arg("userUuid", () => Uuid, { description: "Which user; not yourself." }) userId: string,
    @Arg("password", () => String, { description: "8 to 128 characters." }) password: string,
  ): Promise<User> {
    return this.deps.passwords.set({ actor: await context.actor(), userId, password });
  }
}
