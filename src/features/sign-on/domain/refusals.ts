import { DomainError } from "../../../kernel/errors";

export type SignOnRefusal =
  | "UNKNOWN_PROVIDER"
  | "NOT_BEGUN_HERE"
  | "DECLINED"
  | "PROVIDER_REFUSED"
  | "NOT_PROVEN"
  | "NO_EMAIL"
  | "EMAIL_UNVERIFIED"
  | "ACCOUNT_UNCONFIRMED"
  | "ACCOUNT_TAKEN"
  | "ACCOUNT_INACTIVE"
  | "ACCOUNT_REMOVED"
  | "NO_GROUP"
  | "NO_ADMINISTRATOR";

/** Why a sign-in through a provider was refused. Nothing was changed. */
export class SignOnRefused extends DomainError {
  readonly code = "SIGN_ON_REFUSED";
  override readonly details: Readonly<Record<string, unknown>>;

  constructor(
    readonly reason: SignOnRefusal,
    options?: ErrorOptions,
  ) {
    super(TEXTS[reason], options);
    this.details = { reason };
  }
}

/** Told to a person; none holds anything that came with a request. */
const TEXTS: Readonly<Record<SignOnRefusal, string>> = {
  UNKNOWN_PROVIDER: "There is no such way to sign in.",
  NOT_BEGUN_HERE: "This sign-in was not begun in this browser, took too long, or is over already. Please begin again.",
  DECLINED: "The sign-in was called off at the provider.",
  PROVIDER_REFUSED:
    "The provider refused the sign-in. If it does so again, an administrator has to look at how it is set up.",
  NOT_PROVEN: "The provider's answer does not prove who you are. Please begin again.",
  NO_EMAIL: "The provider does not tell your e-mail address. An administrator can let it do so.",
  EMAIL_UNVERIFIED: "The provider does not vouch for your e-mail address. Have it confirmed there, then sign in again.",
  ACCOUNT_UNCONFIRMED:
    "There is an account with your e-mail address, but nobody has confirmed yet that it is yours. Ask an administrator.",
  ACCOUNT_TAKEN:
    "Your e-mail address belongs to an account that is signed in to in another way. Sign in that way, or ask an administrator.",
  ACCOUNT_INACTIVE: "Your account is not active. Ask an administrator.",
  ACCOUNT_REMOVED: "Your account was removed. Ask an administrator.",
  NO_ADMINISTRATOR:
    "This installation has no administrator yet. Its first user needs the link that the service has printed at its start.",
  NO_GROUP: "You are in no group that may use this installation. Ask an administrator.",
};
