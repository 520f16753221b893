import { InvalidInput } from "../../../kernel/errors";
import commonPasswords from "../data/common-passwords.json";

/** Longer passwords add no security and cost time. */
const PASSWORD_LENGTH = { least: 8, most: 128 };
const COMMON: ReadonlySet<string> = new Set(commonPasswords);

/** As names and passwords are compared: in one case and composition, without blanks around. */
const comparable = (text: string): string => text.trim().normalize("NFKC").toLowerCase();

/** @throws InvalidInput if the password is too short or too long, one of the commonest, or one character again and again */
export function checkPassword(password: string, argument = "password"): string {
  if (password.length < PASSWORD_LENGTH.least || password.length > PASSWORD_LENGTH.most) {
    throw new InvalidInput(argument, `has to have ${PASSWORD_LENGTH.least} to ${PASSWORD_LENGTH.most} characters`);
  }
  const compared = comparable(password);
  if (COMMON.has(compared) || new Set(compared).size === 1)
    throw new InvalidInput(argument, "is one of the commonest passwords, which are tried first");
  return password;
}

/**
 * @param names of the user: addresses, user name, full name
 * @throws InvalidInput if the password is one of them, or the part of an address before the @
 */
export function requireNoName(password: string, names: readonly (string | null)[], argument = "password"): void {
  const compared = comparable(password);
  const known = names.flatMap((name) => (name === null ? [] : [name, name.split("@", 1)[0] ?? ""]));
  if (known.some((name) => comparable(name) === compared))
    throw new InvalidInput(argument, "is a name or an address of the user, which is tried first");
}
