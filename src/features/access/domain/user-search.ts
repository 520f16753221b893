import type { Instant } from "../../../kernel/instant";

/** Conditions that a user has to match, all of them; without any, all users match. */
export interface UserSearch {
  readonly id?: string;
  /** In either case. */
  readonly username?: string;
  /** Of any of the user's addresses, in either case. */
  readonly email?: string;
  /** A part of it, in either case. */
  readonly fullName?: string;
  readonly createdAt?: Instant;
  readonly updatedAt?: Instant;
}

/** As clients of the dialect write it: with empty text, or null, for what is not given. */
export interface GivenUserSearch {
  readonly userId?: string | null | undefined;
  readonly userUuid?: string | null | undefined;
  readonly username?: string | null | undefined;
  readonly email?: string | null | undefined;
  readonly fullName?: string | null | undefined;
  readonly createdAt?: Instant | null | undefined;
  readonly updatedAt?: Instant | null | undefined;
}

/** Null if no user can match, as with two different ids. */
export function readUserSearch(given: GivenUserSearch): UserSearch | null {
  const [id, other] = [given.userId, given.userUuid].map((one) => one?.trim().toLowerCase()).filter(Boolean);
  if (other !== undefined && other !== id) return null;
  const { createdAt, updatedAt } = given;
  const [username, email, fullName] = [given.username, given.email, given.fullName].map(
    (one) => one?.trim().normalize("NFC") ?? "",
  );
  return {
    ...(id && { id }),
    ...(username && { username }),
    ...(email && { email }),
    ...(fullName && { fullName }),
    ...(createdAt && { createdAt }),
    ...(updatedAt && { updatedAt }),
  };
}
