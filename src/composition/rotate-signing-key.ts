import type { Logger } from "pino";
import type { Config } from "../config";
import { rotateSigningKey as rotate } from "../features/access/module";
import { createAuditModule } from "../features/audit/module";
import { selfSignedKey } from "../features/registry/module";
import { NO_METRICS } from "../infrastructure/line-export/line-exporter";
import { AesSecretBox } from "../infrastructure/secrets/aes-secret-box";
import { systemClock } from "../kernel/clock";
import { COMMAND_LINE } from "../kernel/command-line-actor";
import { connect } from "./composition-root";
import { encryptionKeysOf } from "./encryption-keys";

export interface RotateSigningKeyOptions {
  readonly databaseUrl: string;
  readonly log: Logger;
  readonly which: "SESSIONS" | "REGISTRY";
  readonly endSessions: boolean;
}

/** Without the rest of the application, which does not start while a signing key cannot be read. */
export async function rotateSigningKey(
  config: Config,
  { databaseUrl, log, which, endSessions }: RotateSigningKeyOptions,
): Promise<void> {
  const secrets = new AesSecretBox(await encryptionKeysOf(config));
  const dataSource = await connect(databaseUrl, "migrations");
  try {
    const clock = systemClock;
    const audit = createAuditModule({
      config,
      dataSource,
      backgroundSource: dataSource,
      clock,
      log,
      metrics: NO_METRICS,
    });
    await rotate({
      dataSource,
      clock,
      secrets,
      audit: audit.trail,
      actor: COMMAND_LINE,
      registryKey: which === "REGISTRY" ? selfSignedKey : null,
      endSessions,
    });
  } finally {
    await dataSource.destroy();
  }
}
