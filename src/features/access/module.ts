import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Pool } from "pg";
import type { Logger } from "pino";
import { LessThan, type DataSource, type EntityManager } from "typeorm";
import type { Config } from "../../config";
import type { Clock } from "../../shared/app/clock";
import type { Instant } from "../../shared/domain/instant";
import { createUnitOfWork } from "../../shared/db/unit-of-work";
import { CreateUser } from "./app/create-user";
import type { AccessStores } from "./app/ports";
import { ServiceAccounts } from "./app/service-accounts";
import { Sessions } from "./app/sessions";
import { SignIn } from "./app/sign-in";
import { Argon2Hasher } from "./crypto/argon2-hasher";
import { generateSigningKey, JwtSessionTokens } from "./crypto/jwt-session-tokens";
import { FailedLoginRow } from "./db/access.rows";
import { AccessChanges } from "./db/access-changes";
import { AccessReadModelSql } from "./db/access-read-model";
import { AccessStore } from "./db/access-store";
import { FailedLogins } from "./db/failed-logins";
import { keptSigningKey } from "./db/signing-key-store";
import { rolePermissions } from "./domain/roles";
import { accessLoaders } from "./graphql/access.loaders";
import { RoleBindingResolver, SignInResolver, SystemServiceAccountResolver, UserResolver } from "./graphql/access.resolvers";

export { EmailRow, FailedLoginRow, RoleBindingRow, ServiceAccountRow, SigningKeyRow, UserRow } from "./db/access.rows";

export interface AccessModuleOptions {
  readonly config: Config;
  readonly dataSource: DataSource;
  readonly pool: Pool;
  readonly databaseUrl: string;
  readonly clock: Clock;
  readonly log: Logger;
}

export type AccessModule = Awaited<ReturnType<typeof createAccessModule>>;

export async function createAccessModule({ config, dataSource, pool, databaseUrl, clock, log }: AccessModuleOptions) {
  const { auth } = config;
  const roles = rolePermissions(config.roles);
  const readModel = new AccessReadModelSql(dataSource);
  const stores = (manager: EntityManager): AccessStores => new AccessStore(manager, clock);
  const unitOfWork = createUnitOfWork(dataSource, stores);
  const passwords = new Argon2Hasher();
  const signingKey =
    auth.signingKeyPath === undefined
      ? await keptSigningKey(dataSource, clock, generateSigningKey)
      : readSigningKey(auth.signingKeyPath);
  const tokens = new JwtSessionTokens(signingKey, auth.sessionMs);
  const sessions = new Sessions({
    accounts: readModel,
    tokens,
    roles,
    clock,
    serviceAccountsEnabled: config.serviceAccounts.enabled,
  });
  const signIn = new SignIn({
    accounts: readModel,
    passwords,
    tokens,
    limiter: new FailedLogins(pool, auth.loginAttempts),
    localEnabled: auth.localEnabled,
  });
  const createUser = new CreateUser({ unitOfWork, passwords, tokens, clock, publicSignups: auth.publicSignups });
  const serviceAccounts = new ServiceAccounts({
    unitOfWork,
    readModel,
    roles,
    clock,
    showFirstChars: config.serviceAccounts.showFirstChars,
  });
  const loaders = accessLoaders(readModel);
  return {
    roles,
    stores,
    readModel,
    sessions,
    createUser,
    issueToken: (userId: string) => tokens.issue(userId),
    serviceAccounts,
    loaders,
    /** Drops counts of log-in attempts whose time is over. */
    forgetFailedLogins: async (now: Instant) => {
      await dataSource.manager.delete(FailedLoginRow, { expire: LessThan(String(Date.parse(now))) });
    },
    changes: new AccessChanges(databaseUrl, () => sessions.forget(), log),
    resolvers: [
      new SignInResolver({ readModel, signIn, createUser, localEnabled: auth.localEnabled, publicSignups: auth.publicSignups }),
      new UserResolver(loaders),
      new RoleBindingResolver(loaders),
      new SystemServiceAccountResolver(serviceAccounts),
    ],
  };
}

/** A PEM file, or a folder with `tls.key` in it as a Kubernetes TLS secret is mounted. */
function readSigningKey(path: string): string {
  return readFileSync(statSync(path).isDirectory() ? join(path, "tls.key") : path, "utf8");
}
