import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { DataSource, EntityManager } from "typeorm";
import type { Config } from "../../config";
import type { AuditTrail } from "../../kernel/audit-trail";
import type { Clock } from "../../kernel/clock";
import type { Actor } from "../../kernel/permissions";
import type { SecretBox } from "../../kernel/secret-box";
import { generateSigningKey } from "./crypto/jwt-session-tokens";
import { SessionKeys } from "./crypto/session-keys";
import { SigningKeyStore, type SigningKey } from "./db/signing-key-store";

export interface SigningKeyOptions {
  readonly dataSource: DataSource;
  readonly clock: Clock;
  readonly secrets: SecretBox;
}

/** The keys of sessions: those that the configuration names, else those that are made and kept in the database. */
export async function openSigningKeys({ auth, ...options }: SigningKeyOptions & { readonly auth: Config["auth"] }) {
  const store = new SigningKeyStore(options.dataSource, options.clock, options.secrets);
  if (auth.signingKeyPath !== undefined) {
    const pem = readSigningKey(auth.signingKeyPath);
    const previous = auth.previousSigningKeyPath === undefined ? [] : [readSigningKey(auth.previousSigningKeyPath)];
    return { store, sessionKeys: SessionKeys.fixed([pem, ...previous]), derivationKey: pem };
  }
  await store.keep("SESSIONS", generateSigningKey);
  const { privateKeyPem: derivationKey } = await store.keep("DERIVED", generateSigningKey);
  const sessionKeys = await SessionKeys.following(async () =>
    (await store.read("SESSIONS")).map(({ privateKeyPem }) => privateKeyPem),
  );
  return { store, sessionKeys, derivationKey };
}

export interface RotationOptions extends SigningKeyOptions {
  readonly audit: (manager: EntityManager) => AuditTrail;
  readonly actor: Actor;
  /** The key of registry tokens, made anew; null for that of sessions. */
  readonly registryKey: (() => Promise<SigningKey>) | null;
  /** Ends all sessions, and drops the former keys, which may be known to others or cannot be read. */
  readonly endSessions: boolean;
}

/** Makes a new signing key. Replicas learn of it by themselves; without `endSessions` nobody is signed out. */
export async function rotateSigningKey(options: RotationOptions): Promise<void> {
  const { dataSource, clock, secrets, audit, actor, registryKey, endSessions } = options;
  const store = new SigningKeyStore(dataSource, clock, secrets);
  await dataSource.transaction(async (manager) => {
    if (registryKey !== null) {
      await store.add(manager, "REGISTRY", { generate: registryKey, replace: true });
    } else {
      await store.add(manager, "SESSIONS", { generate: generateSigningKey, replace: endSessions });
      if (endSessions) {
        await store.add(manager, "DERIVED", { generate: generateSigningKey, replace: true });
        await manager.query("UPDATE app_user SET sessions_from = clock_timestamp()");
      }
    }
    await audit(manager).add({
      actor,
      action: "system.rotate_signing_key",
      object: { type: "system", id: null, label: null },
      details: { purpose: registryKey === null ? "SESSIONS" : "REGISTRY", endSessions },
    });
  });
}

/** A PEM file, or a folder with `tls.key` in it as a Kubernetes TLS secret is mounted. */
function readSigningKey(path: string): string {
  const file = statSync(path).isDirectory() ? join(path, "tls.key") : path;
  return readFileSync(file, "utf8");
}
