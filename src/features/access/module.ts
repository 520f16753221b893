import { availableParallelism } from "node:os";
import type { Pool } from "pg";
import type { Logger } from "pino";
import { LessThan, type DataSource, type EntityManager } from "typeorm";
import type { Config } from "../../config";
import type { AuditTrail, RefusalTrail } from "../../kernel/audit-trail";
import type { Clock } from "../../kernel/clock";
import { DAY_MS, minusDays, type Instant } from "../../kernel/instant";
import type { SecretBox } from "../../kernel/secret-box";
import { sqlOf } from "../../infrastructure/postgres/data-source";
import type { DatabaseClock } from "../../infrastructure/postgres/database-clock";
import { createUnitOfWork } from "../../infrastructure/postgres/unit-of-work";
import { AcceptInvitation } from "./app/accept-invitation";
import { AccessChangeNotifier } from "./app/access-change-notifier";
import { CreateTeam } from "./app/create-team";
import { CurrentActorsReader } from "./app/current-actors";
import type { CurrentActors } from "./app/ports";
import { CreateUser } from "./app/create-user";
import { EndSession } from "./app/end-session";
import { HashQueue } from "./app/hash-queue";
import { FindTeams } from "./app/find-teams";
import { FirstAdministrator } from "./app/first-administrator";
import { FindUsers } from "./app/find-users";
import { InviteUser } from "./app/invite-user";
import { Passwords } from "./app/passwords";
import type { AccessStores, AccessTransaction, InvitationStores } from "./app/ports";
import type { AdminStores, TeamStores } from "./app/team-ports";
import { RemoveTeam } from "./app/remove-team";
import { RemoveUser } from "./app/remove-user";
import { ServiceAccounts } from "./app/service-accounts";
import { Sessions } from "./app/sessions";
import { SignIn } from "./app/sign-in";
import { SystemRoles } from "./app/system-roles";
import { UpdateTeam } from "./app/update-team";
import { UpdateUser } from "./app/update-user";
import { VerifyEmail } from "./app/verify-email";
import { Argon2Hasher } from "./crypto/argon2-hasher";
import { derivedKey, JwtSessionTokens } from "./crypto/jwt-session-tokens";
import { FailedLoginRow } from "./db/access.rows";
import { AccessChanges } from "./db/access-changes";
import { AccessReadModelSql } from "./db/access-read-model";
import { AccessStore } from "./db/access-store";
import { AccountReaderSql } from "./db/account-reader";
import { AdminStore } from "./db/admin-store";
import { CountedSignUps } from "./db/counted-sign-ups";
import { EndedSessionRow } from "./db/ended-session.row";
import { EndedSessionsSql } from "./db/ended-sessions";
import { FailedLogins } from "./db/failed-logins";
import { InvitationStore } from "./db/invitation-store";
import type { SigningKey } from "./db/signing-key-store";
import { TeamReadModelSql } from "./db/team-read-model";
import { TeamStore } from "./db/team-store";
import { Directory } from "./domain/directory";
import { rolePermissions, unknownOverrides } from "./domain/roles";
import { accessLoaders } from "./graphql/access.loaders";
import {
  AuthUserResolver,
  RoleBindingResolver,
  SignInResolver,
  SystemServiceAccountResolver,
  UserResolver,
} from "./graphql/access.resolvers";
import { SystemRoleResolver } from "./graphql/system-role.resolver";
import { TeamMutationResolver } from "./graphql/team-mutations.resolver";
import { TeamQueryResolver } from "./graphql/team-queries.resolver";
import { TeamResolver } from "./graphql/team.resolver";
import { UsersResolver } from "./graphql/users.resolver";
import { openSigningKeys } from "./signing-keys";

export {
  EmailRow,
  FailedLoginRow,
  InvitationRow,
  RoleBindingRow,
  ServiceAccountRow,
  SigningKeyRow,
  TeamMemberRow,
  TeamRow,
  UserRow,
} from "./db/access.rows";

export { EndedSessionRow } from "./db/ended-session.row";
export { rotateSigningKey } from "./signing-keys";

/** At a time. Each keeps one processor busy, and one is left to everything else. */
const MAX_HASHES = 2;
/** About two seconds of hashing. */
const MAX_WAITING_HASHES = 64;

export interface AccessModuleOptions {
  readonly config: Config;
  readonly dataSource: DataSource;
  readonly pool: Pool;
  readonly databaseUrl: string;
  readonly audit: (manager: EntityManager) => AuditTrail;
  readonly refusals: RefusalTrail;
  readonly clock: Clock;
  readonly databaseClock: Pick<DatabaseClock, "nowMs">;
  readonly log: Logger;
  readonly secrets: SecretBox;
}

export async function createAccessModule({
  config,
  dataSource,
  pool,
  databaseUrl,
  audit,
  refusals,
  clock,
  databaseClock,
  log,
  secrets,
}: AccessModuleOptions) {
  const { auth } = config;
  const roles = rolePermissions(config.roles);
  const unknown = unknownOverrides(config.roles);
  if (unknown.length > 0)
    log.warn({ unknown }, "astronomer.houston.config.roles names what no role or permission is called");
  const readModel = new AccessReadModelSql(dataSource);
  const teams = new TeamReadModelSql(dataSource);
  const stores = (manager: EntityManager): AccessStores => new AccessStore(manager, clock);
  const teamStores = (manager: EntityManager): TeamStores => new TeamStore(manager, clock);
  const adminStores = (manager: EntityManager): AdminStores => new AdminStore(sqlOf(manager));
  const invitations = (manager: EntityManager): InvitationStores => new InvitationStore(manager, clock);
  const { enabled: serviceAccountsEnabled, maxKeyAgeDays = null } = config.serviceAccounts;
  const actors = (manager: EntityManager): CurrentActors =>
    new CurrentActorsReader({
      accounts: new AccountReaderSql(sqlOf(manager)),
      roles,
      serviceAccountsEnabled,
      maxKeyAgeDays,
      nowMs: databaseClock.nowMs,
    });
  const unitOfWork = createUnitOfWork(dataSource, (manager): AccessTransaction => ({
    access: stores(manager),
    teams: teamStores(manager),
    admins: adminStores(manager),
    actors: actors(manager),
    invitations: invitations(manager),
    audit: audit(manager),
  }));
  const passwords = new Argon2Hasher();
  const hashing = new HashQueue({
    maxRunning: Math.min(MAX_HASHES, Math.max(1, availableParallelism() - 1)),
    maxWaiting: MAX_WAITING_HASHES,
  });
  const {
    store: signingKeys,
    sessionKeys,
    derivationKey,
  } = await openSigningKeys({ auth, dataSource, clock, secrets });
  const tokens = new JwtSessionTokens(sessionKeys, auth.sessionMs, databaseClock.nowMs);
  const sessions = new Sessions({
    accounts: readModel,
    tokens,
    roles,
    clock,
    serviceAccountsEnabled,
    maxKeyAgeDays,
  });
  const limiter = new FailedLogins(pool, {
    limits: auth.loginAttempts,
    nowMs: databaseClock.nowMs,
    digestKey: derivedKey(derivationKey, "names of failed sign-ins"),
  });
  const signIn = new SignIn({
    accounts: readModel,
    unitOfWork,
    passwords,
    hashing,
    tokens,
    limiter,
    refusals,
    localEnabled: auth.localEnabled,
  });
  const endSession = new EndSession({
    unitOfWork: createUnitOfWork(dataSource, (manager) => ({
      endedSessions: new EndedSessionsSql(sqlOf(manager)),
      audit: audit(manager),
    })),
    forget: () => sessions.forget(),
  });
  const { publicSignups, emailConfirmation, localEnabled } = auth;
  const signUps = new CountedSignUps(pool, auth.signUps);
  const firstAdministrator = new FirstAdministrator(
    auth.bootstrapToken ?? Buffer.from(derivedKey(derivationKey, "the first administrator")).toString("base64url"),
    auth.bootstrapAdminEmail,
  );
  const createUser = new CreateUser({
    unitOfWork,
    invite: new InviteUser({ unitOfWork, roles, tokens, clock, localEnabled }),
    accept: new AcceptInvitation({ unitOfWork, passwords, hashing, tokens, clock, localEnabled }),
    firstAdministrator,
    passwords,
    hashing,
    signUps,
    tokens,
    clock,
    publicSignups,
    emailConfirmation,
  });
  const newPasswords = new Passwords({
    unitOfWork,
    accounts: readModel,
    passwords,
    hashing,
    tokens,
    limiter,
    roles,
    localEnabled,
  });
  const verifyEmail = new VerifyEmail({ unitOfWork, roles, tokens, clock });
  const serviceAccounts = new ServiceAccounts({
    unitOfWork,
    readModel,
    roles,
    clock,
    showFirstChars: config.serviceAccounts.showFirstChars,
    maxKeyAgeDays,
    maxPerPlace: config.limits.serviceAccounts,
  });
  const directory = new Directory(auth.openDirectory);
  const notifier = new AccessChangeNotifier();
  const loaders = accessLoaders(readModel, teams, maxKeyAgeDays);
  return {
    roles,
    stores,
    teamStores,
    adminStores,
    actors,
    invitations,
    readModel,
    teams,
    directory,
    sessions,
    createUser,
    firstAdministrator,
    verifyEmail,
    passwords: newPasswords,
    signIn,
    endSession,
    tokens,
    /** The key for the registry's tokens where the installation brings none: made by `generate` once, and then kept. */
    keptRegistryKey: (generate: () => Promise<SigningKey>) => signingKeys.keep("REGISTRY", generate),
    /** A secret for one purpose, the same on every replica. */
    derivedKey: (purpose: string) => derivedKey(derivationKey, purpose),
    issueToken: (userId: string) => tokens.issue(userId),
    serviceAccounts,
    loaders,
    /** Drops counts of log-in attempts whose time is over, ended sessions that have expired since, and former keys. */
    forgetExpired: async (now: Instant) => {
      await dataSource.manager.delete(FailedLoginRow, { expire: LessThan(String(Date.parse(now))) });
      // A day late, as the clocks of replicas may differ, and a token must never come to life again.
      await dataSource.manager.delete(EndedSessionRow, { expiresAt: LessThan(minusDays(now, 1)) });
      await signingKeys.removeReplaced(Date.parse(now) - auth.sessionMs - DAY_MS);
    },
    /** Notifies once sessions have dropped their cache. */
    watch: notifier,
    changes: new AccessChanges(
      databaseUrl,
      () => {
        sessionKeys.refresh();
        sessions.forget();
        notifier.changed();
      },
      log,
    ),
    resolvers: [
      new SignInResolver({ signIn, createUser, loaders }),
      new AuthUserResolver((account) => sessions.actorOfAccount(account)),
      new UserResolver(loaders),
      new UsersResolver({
        users: new FindUsers(readModel),
        removeUser: new RemoveUser(unitOfWork, roles),
        verifyEmail,
        updateUser: new UpdateUser(unitOfWork, roles, clock),
        passwords: newPasswords,
        loaders,
      }),
      new TeamResolver(loaders),
      new TeamQueryResolver(new FindTeams(teams, directory)),
      new TeamMutationResolver({
        createTeam: new CreateTeam(unitOfWork, clock),
        updateTeam: new UpdateTeam({ unitOfWork, roles, clock }),
        removeTeam: new RemoveTeam(unitOfWork, roles),
      }),
      new SystemRoleResolver(new SystemRoles(unitOfWork, roles)),
      new RoleBindingResolver(loaders),
      new SystemServiceAccountResolver(serviceAccounts),
    ],
  };
}
