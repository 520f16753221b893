import { countPlainSecrets, sealAgain, type SecretHolder } from "../domain/secrets";
import { ENCRYPTION_KEYS_SETTING, type SecretBox } from "../../../kernel/secret-box";

const PAGE = 200;

/** The secrets in the database, those of deleted Deployments included. */
export interface StoredSecrets {
  /** Deployments with secrets in order of their ids, behind that id. */
  page(after: string | null, limit: number): Promise<SecretHolder[]>;
  /** Puts `next` in the place of `present`, unless that was changed meanwhile. */
  replace(present: SecretHolder, next: SecretHolder): Promise<void>;
}

/** Secrets lie there in plain text, and there is no key to encrypt them with. */
class PlainSecretsFound extends Error {
  constructor(deployments: number) {
    super(
      `${deployments} Deployment(s) hold secrets in plain text, from a version that did not encrypt them. ` +
        `Set ${ENCRYPTION_KEYS_SETTING} (SECRETS__ENCRYPTION_KEYS) to the output of \`openssl rand -base64 32\` and start again: they are encrypted then.`,
    );
    this.name = "PlainSecretsFound";
  }
}

/**
 * Seals with the first key every secret that is not: plain ones of older versions, and those sealed with another key,
 * which is not needed afterwards. Several processes may do so at once, also while secrets are changed.
 */
export class SealStoredSecrets {
  constructor(private readonly deps: { readonly secrets: StoredSecrets; readonly box: SecretBox }) {}

  /** @throws PlainSecretsFound */
  async execute(): Promise<{ readonly sealed: number; readonly unreadable: number }> {
    const { secrets, box } = this.deps;
    const total = { sealed: 0, unreadable: 0, plain: 0 };
    let after: string | null = null;
    for (;;) {
      const page: SecretHolder[] = await secrets.page(after, PAGE);
      for (const holder of page) {
        if (!box.hasKey) {
          if (countPlainSecrets(holder) > 0) total.plain++;
          continue;
        }
        const again = sealAgain(holder, box.of(holder.id));
        if (again.sealed > 0) await secrets.replace(holder, again.holder);
        total.sealed += again.sealed;
        total.unreadable += again.unreadable;
      }
      if (page.length < PAGE) break;
      after = page.at(-1)?.id ?? null;
    }
    if (total.plain > 0) throw new PlainSecretsFound(total.plain);
    return { sealed: total.sealed, unreadable: total.unreadable };
  }
}
