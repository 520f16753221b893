import type { User } from "../../access/domain";
import { matchAccount, type Identity, type MatchInput } from "./match-account";
import type { Person } from "./person";

const user = (overrides: Partial<User> = {}): User => ({
  id: "u",
  username: "ada",
  fullName: null,
  status: "active",
  createdAt: "2026-01-01T00:00:00.000Z",
  updatedAt: "2026-01-01T00:00:00.000Z",
  ...overrides,
});
const person = (overrides: Partial<Person> = {}): Person => ({
  issuer: "https://okta",
  subject: "s",
  email: "ada@example.com",
  emailVerified: true,
  fullName: null,
  groups: [],
  ...overrides,
});
const identity = (overrides: Partial<Identity> = {}): Identity => ({
  issuer: "https://okta",
  subject: "s",
  provider: "okta",
  userId: "u",
  ...overrides,
});
const at = (overrides: Partial<NonNullable<MatchInput["atAddress"]>> = {}) => ({
  user: user(),
  verified: true,
  proven: false,
  identities: [],
  ...overrides,
});

const cases: [string, Partial<MatchInput>, string][] = [
  ["nobody there", {}, "CREATE"],
  ["nobody there, unverified", { person: person({ emailVerified: false }) }, "EMAIL_UNVERIFIED"],
  ["nobody there, no address", { person: person({ email: null, emailVerified: false }) }, "NO_EMAIL"],
  ["known", { identity: identity(), account: user() }, "ENTER"],
  [
    "known, without an address by now",
    { identity: identity(), account: user(), person: person({ email: null, emailVerified: false }) },
    "ENTER",
  ],
  [
    "known, with somebody else's address by now",
    { identity: identity(), account: user(), atAddress: at({ user: user({ id: "other" }) }) },
    "ENTER",
  ],
  ["known, but not active", { identity: identity(), account: user({ status: "pending" }) }, "ACCOUNT_INACTIVE"],
  ["removed", { identity: identity({ userId: null }) }, "ACCOUNT_REMOVED"],
  [
    "removed, without an address",
    { identity: identity({ userId: null }), person: person({ email: null }) },
    "ACCOUNT_REMOVED",
  ],
  ["removed, and made again", { identity: identity({ userId: null }), atAddress: at() }, "CONNECT"],
  [
    "removed, and made again, unverified",
    { identity: identity({ userId: null }), atAddress: at(), person: person({ emailVerified: false }) },
    "EMAIL_UNVERIFIED",
  ],
  ["an account there", { atAddress: at() }, "CONNECT"],
  [
    "an account there, unverified by the provider",
    { atAddress: at(), person: person({ emailVerified: false }) },
    "EMAIL_UNVERIFIED",
  ],
  ["an account there, unconfirmed by us", { atAddress: at({ verified: false }) }, "ACCOUNT_UNCONFIRMED"],
  [
    "a pending account there, unconfirmed by us",
    { atAddress: at({ user: user({ status: "pending" }), verified: false }) },
    "CONNECT",
  ],
  [
    "a pending account there, unverified by the provider",
    { atAddress: at({ user: user({ status: "pending" }) }), person: person({ emailVerified: false }) },
    "EMAIL_UNVERIFIED",
  ],
  [
    "an account there of another subject",
    { atAddress: at({ identities: [identity({ subject: "other" })] }) },
    "ACCOUNT_TAKEN",
  ],
  [
    "an account there of another provider that is on",
    { atAddress: at({ identities: [identity({ issuer: "https://google", provider: "google" })] }) },
    "ACCOUNT_TAKEN",
  ],
  [
    "an account there of another provider that is off",
    { atAddress: at({ identities: [identity({ issuer: "https://adfs", provider: "adfs" })] }) },
    "CONNECT",
  ],
  [
    "an account there of the same provider's earlier issuer",
    { atAddress: at({ identities: [identity({ issuer: "https://old-okta" })] }) },
    "CONNECT",
  ],
  [
    "an account there of both",
    {
      atAddress: at({
        identities: [
          identity({ issuer: "https://adfs", provider: "adfs" }),
          identity({ issuer: "https://google", provider: "google" }),
        ],
      }),
    },
    "ACCOUNT_TAKEN",
  ],
];

test.each([
  ["one whose holder has proven the address", { proven: true }, true],
  ["one that was only vouched for", { proven: false }, false],
  ["a pending one", { proven: true, user: user({ status: "pending" }) }, false],
])("an account keeps password and sessions: %s", (_name, there, keepsCredentials) => {
  const match = matchAccount({
    person: person(),
    provider: "okta",
    providers: ["okta"],
    identity: null,
    account: null,
    atAddress: at(there),
  });
  expect(match).toMatchObject({ kind: "CONNECT", keepsCredentials });
});

test.each(cases)("%s", (_name, given, expected) => {
  const match = matchAccount({
    person: person(),
    provider: "okta",
    providers: ["okta", "google"],
    identity: null,
    account: null,
    atAddress: null,
    ...given,
  });
  expect(match.kind === "REFUSE" ? match.reason : match.kind).toBe(expected);
});
