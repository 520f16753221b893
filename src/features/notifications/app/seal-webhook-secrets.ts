import { SecretUnreadable } from "../../../kernel/secret-box";
import { SECRET_FIELD, secretPlace } from "../domain/webhook";
import type { SecretsOf, StoredWebhookSecrets } from "./ports";

/**
 * Seals with the first key the webhooks' secrets that are sealed with another one, which is not needed afterwards.
 * Several processes may do so at once, also while webhooks are changed.
 */
export async function sealWebhookSecrets(
  stored: StoredWebhookSecrets,
  secretsOf: SecretsOf,
): Promise<{ readonly sealed: number; readonly unreadable: number }> {
  const total = { sealed: 0, unreadable: 0 };
  for (const { id, sealedSecret } of await stored.sealedSecrets()) {
    const { isCurrent, open, seal } = secretsOf(secretPlace(id));
    if (isCurrent(sealedSecret)) continue;
    try {
      const again = seal(open(sealedSecret, SECRET_FIELD), SECRET_FIELD);
      if (await stored.replaceSecret(id, sealedSecret, again)) total.sealed++;
    } catch (error) {
      if (!(error instanceof SecretUnreadable)) throw error;
      total.unreadable++;
    }
  }
  return total;
}
