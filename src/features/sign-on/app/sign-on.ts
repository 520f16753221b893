import {
  syncTeamMemberships,
  type FirstAdministrator,
  type SessionTokens,
  type SyncedTeams,
  type Team,
  type User,
} from "../../access";
import type { Clock } from "../../../kernel/clock";
import { newId } from "../../../kernel/ids";
import type { Instant } from "../../../kernel/instant";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import type { AuditEntry } from "../../../kernel/audit-entry";
import { importedGroups, type GroupImport } from "../domain/imported-groups";
import { matchAccount, type Match } from "../domain/match-account";
import type { Person } from "../domain/person";
import { SignOnRefused } from "../domain/refusals";
import type { SignOnTransaction } from "./ports";

export interface SignOnCommand {
  /** The provider's short name. */
  readonly provider: string;
  readonly person: Person;
  /** A time before the person proved who they are. */
  readonly provenAt: Instant;
  /** Whether the browser has sent the secret of the first administrator. */
  readonly knowsSecret: boolean;
  readonly request: { readonly id: string; readonly address: string };
}

const ACTIONS = { ENTER: "user.sign_on", CONNECT: "user.connect_identity", CREATE: "user.create" } as const;
const NO_CHANGE: SyncedTeams = { joined: [], left: [], kept: [] };

/** Signs in a person that a provider has identified: to their account, or to a new one. */
export class SignOn {
  constructor(
    private readonly deps: {
      readonly unitOfWork: UnitOfWork<SignOnTransaction>;
      readonly clock: Clock;
      readonly tokens: Pick<SessionTokens, "now">;
      readonly firstAdministrator: FirstAdministrator;
      /** Short names of all that are switched on. */
      readonly providers: readonly string[];
      readonly groups: GroupImport;
      /** Whether people get in who are in no Team. */
      readonly userManagement: boolean;
    },
  ) {}

  /**
   * The first user of the installation becomes SYSTEM_ADMIN, and has to know the secret for that or to have the address
   * that the configuration names. Where groups are imported, the
   * person is afterwards in the provider's Teams that they name, and in no other of its Teams. Returns the user, and the
   * time to date the session with.
   * @throws SignOnRefused, with nothing changed, except that a person in no group was removed from the Teams
   * @throws Conflict if another user signs in by that address as a user name
   */
  async execute({
    provider,
    person,
    provenAt,
    knowsSecret,
    request,
  }: SignOnCommand): Promise<{ readonly user: User; readonly provenAt: Instant }> {
    const { user, entered, dated } = await this.deps.unitOfWork.run(async (tx) => {
      // Two first sign-ins of one person at once make one account.
      await tx.access.lockUserCreation();
      const match = await this.match(tx, provider, person);
      if (match.kind === "REFUSE") throw new SignOnRefused(match.reason);
      const isFirst = match.kind === "CREATE" && !(await tx.access.hasUsers());
      if (isFirst && !knowsSecret && !this.deps.firstAdministrator.isNamed(match.email))
        throw new SignOnRefused("NO_ADMINISTRATOR");
      const user = await this.userOf(tx, match, person, { isFirst });
      const teams = await this.syncTeams(tx, provider, user, person);
      const entered = this.deps.userManagement || isFirst || (await tx.teams.teamsOfUser(user.id)).length > 0;
      // Who enters an account that is known has left Teams by now, and that has to last.
      if (!entered && match.kind !== "ENTER") throw new SignOnRefused("NO_GROUP");
      let dated = provenAt;
      if (match.kind === "CONNECT") {
        await tx.access.markEmailProven(addressOf(person), this.deps.clock());
        if (!match.keepsCredentials) {
          // Sessions that somebody else is beginning now are older than this.
          dated = this.deps.tokens.now();
          await tx.access.setPassword(user.id, { hash: null, sessionsFrom: dated });
        }
        await tx.invitations.remove(user.id);
      }
      if (match.kind !== "ENTER")
        await tx.identities.connect({ issuer: person.issuer, subject: person.subject, provider, userId: user.id });
      await tx.audit.add({
        actor: { id: user.id, type: "USER", label: user.fullName ?? user.username, grants: [], request },
        action: ACTIONS[match.kind],
        object: { type: "user", id: user.id, label: user.username },
        details: { provider, ...told(teams), ...(!entered && { refused: "NO_GROUP" }) },
      });
      return { user, entered, dated };
    });
    if (!entered) throw new SignOnRefused("NO_GROUP");
    return { user, provenAt: dated };
  }

  private async userOf(
    tx: SignOnTransaction,
    match: Exclude<Match, { readonly kind: "REFUSE" }>,
    person: Person,
    first: { readonly isFirst: boolean },
  ): Promise<User> {
    if (match.kind === "CREATE") return this.create(tx, match.email, person, first);
    if (match.kind === "ENTER") return rename(tx, match.user, person);
    const locked = (await tx.access.lockUser(match.user.id)) ?? match.user;
    if (locked.status === "active") return rename(tx, locked, person);
    const { fullName } = person;
    const own: User = {
      ...locked,
      username: addressOf(person),
      fullName,
      status: "active",
      updatedAt: this.deps.clock(),
    };
    await tx.access.updateUser(own);
    return own;
  }

  private async match({ access, identities }: SignOnTransaction, provider: string, person: Person): Promise<Match> {
    const identity = await identities.find(person.issuer, person.subject);
    const account = identity?.userId == null ? null : await access.findUser(identity.userId);
    const email = person.email === null ? null : await access.findEmail(person.email);
    const user = email === null ? null : await access.findUser(email.userId);
    const atAddress =
      email === null || user === null
        ? null
        : {
            user,
            verified: email.verified,
            proven: email.provenAt !== null,
            identities: await identities.ofUser(user.id),
          };
    return matchAccount({ person, provider, providers: this.deps.providers, identity, account, atAddress });
  }

  private async create(
    { access }: SignOnTransaction,
    email: string,
    { fullName }: Person,
    { isFirst }: { readonly isFirst: boolean },
  ): Promise<User> {
    const now = this.deps.clock();
    const user: User = { id: newId(), username: email, fullName, status: "active", createdAt: now, updatedAt: now };
    await access.addUser({ ...user, passwordHash: null }, { address: email, verified: true, provenAt: now });
    if (isFirst) await access.bindUser(user.id, { role: "SYSTEM_ADMIN", workspaceId: null, deploymentId: null });
    return user;
  }

  private async syncTeams(
    { teams, admins }: SignOnTransaction,
    provider: string,
    { id }: User,
    { groups }: Person,
  ): Promise<SyncedTeams> {
    const teamNames = importedGroups(groups, this.deps.groups);
    if (teamNames === null) return NO_CHANGE;
    return syncTeamMemberships({ teams, admins }, this.deps.clock, {
      userId: id,
      provider,
      teamNames,
      createMissing: true,
    });
  }
}

/** Returns the address; callers have checked that there is one. */
function addressOf({ email }: Person): string {
  if (email === null) throw new Error("The person has no address");
  return email;
}

const namesOf = (teams: readonly Team[]): string => teams.map(({ name }) => name).join(", ");

function told({ joined, left, kept }: SyncedTeams): AuditEntry["details"] {
  return {
    ...(joined.length > 0 && { teamsJoined: namesOf(joined) }),
    ...(left.length > 0 && { teamsLeft: namesOf(left) }),
    ...(kept.length > 0 && { teamsKeptAsLastAdmin: namesOf(kept) }),
  };
}

/** The provider knows people's names best. */
async function rename({ access }: SignOnTransaction, user: User, { fullName }: Person): Promise<User> {
  if (fullName === null || fullName === user.fullName) return user;
  await access.setFullName(user.id, fullName);
  return { ...user, fullName };
}
