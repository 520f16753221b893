import type { Logger } from "pino";

interface SecretHolders {
  /** Encrypts with the first key every secret that is not; returns how many, and how many cannot be decrypted. */
  sealSecrets(): Promise<{ readonly sealed: number; readonly unreadable: number }>;
}

/** Encrypts the secrets of these features with the present key, and logs what became of them. */
export async function sealSecretsOf(features: readonly SecretHolders[], log: Logger): Promise<void> {
  const total = { sealed: 0, unreadable: 0 };
  for (const feature of features) {
    const { sealed, unreadable } = await feature.sealSecrets();
    total.sealed += sealed;
    total.unreadable += unreadable;
  }
  if (total.sealed > 0) log.info({ sealed: total.sealed }, "secrets are encrypted with the present key");
  if (total.unreadable > 0)
    log.error(
      { unreadable: total.unreadable },
      "secrets cannot be decrypted: their key is missing in the configuration; set them anew, or bring the key back",
    );
}
