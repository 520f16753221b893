import { personOf, saysEnough, type ClaimRules } from "./person";

const RULES: ClaimRules = { claims: {}, assumeEmailVerified: false };
const ISSUER = "https://issuer.example";
const person = (idToken: object, userInfo: object = {}, rules: Partial<ClaimRules> = {}) =>
  personOf(ISSUER, { sub: "s", ...idToken }, { ...userInfo }, { ...RULES, ...rules });

describe("an address counts as verified", () => {
  test.each([
    ["where the id token says so", { email: "a@b.c", email_verified: true }, {}, false, true],
    ["where it says so as a text", { email: "a@b.c", email_verified: "true" }, {}, false, true],
    ["where it says no", { email: "a@b.c", email_verified: false }, {}, true, false],
    ["where it says something else", { email: "a@b.c", email_verified: 1 }, {}, true, false],
    ["where it says null", { email: "a@b.c", email_verified: null }, {}, true, false],
    ["where nothing is said, and that is enough", { email: "a@b.c" }, {}, true, true],
    ["where nothing is said, and that is not enough", { email: "a@b.c" }, {}, false, false],
    [
      "where userinfo says so of the same one",
      { email: "a@b.c" },
      { email: "A@b.c ", email_verified: true },
      false,
      true,
    ],
    ["where userinfo says so of another", { email: "a@b.c" }, { email: "x@b.c", email_verified: true }, false, false],
    [
      "where userinfo tells the address and the id token that it is verified",
      { email_verified: true },
      { email: "a@b.c" },
      false,
      true,
    ],
    [
      "where the two disagree",
      { email: "a@b.c", email_verified: true },
      { email: "a@b.c", email_verified: false },
      true,
      false,
    ],
    ["where there is none", { email_verified: true }, {}, true, false],
  ])("%s: %o %o", (_name, idToken, userInfo, assumeEmailVerified, expected) => {
    expect(person(idToken, userInfo, { assumeEmailVerified })?.emailVerified).toBe(expected);
  });
});

describe("an address from a claim of another name counts as verified", () => {
  test.each([
    ["where nothing else can be meant", { mail: "a@b.c", email_verified: true }, {}, true],
    ["where the claim of the standard has the same", { mail: "a@b.c", email: "A@b.c", email_verified: true }, {}, true],
    ["not where that has another", { mail: "a@b.c", email: "x@b.c", email_verified: true }, {}, false],
    ["not where it has another in userinfo", { mail: "a@b.c" }, { email: "x@b.c", email_verified: true }, false],
  ])("%s: %o %o", (_name, idToken, userInfo, expected) => {
    expect(person(idToken, userInfo, { claims: { email: "mail" } })?.emailVerified).toBe(expected);
  });
});

test.each([
  ["a@b.c", "a@b.c"],
  [" A.B+c@Example.COM ", "a.b+c@example.com"],
  ["ö@münchen.example", "ö@münchen.example"],
  ["no address", null],
  ["a@b@c", null],
  ["<a@b.c>", null],
  ["a@b.c\u202e", null],
  ["a\u200b@b.c", null],
  ["@b.c", null],
  ["a@", null],
  [`${"x".repeat(65)}@b.c`, null],
])("of %j the address is %j", (email, expected) => {
  expect(person({ email })?.email).toBe(expected);
});

test.each([
  [{ name: "Ada" }, {}, "Ada"],
  [{ name: "" }, { given_name: "Ada" }, "Ada"],
  [{ given_name: "Ada", family_name: "Lovelace" }, {}, "Ada Lovelace"],
  [{ name: "  a\u0000\n b  " }, {}, "a b"],
  [{ name: "\ud800x" }, {}, "x"],
  [{ name: "\u200b" }, { given_name: "Ada" }, "Ada"],
  [{ name: "Ada\u202e \u001b[2JLovelace" }, {}, "Ada [2JLovelace"],
  [{ name: "👩".repeat(500) }, {}, "👩".repeat(190)],
  [{}, {}, null],
])("of %o and %o the name is %j", (idToken, userInfo, expected) => {
  expect(person(idToken, userInfo)?.fullName).toBe(expected);
});

test("claims go by the names that the configuration gives them", () => {
  const claims = { email: "upn", name: "cn", groups: "roles" };
  expect(
    person(
      { upn: "a@b.c", email: "x@y.z", cn: "Ada", name: "No", roles: ["r"], groups: ["g"] },
      {},
      { claims, assumeEmailVerified: true },
    ),
  ).toEqual({
    issuer: ISSUER,
    subject: "s",
    email: "a@b.c",
    emailVerified: true,
    fullName: "Ada",
    groups: ["r"],
  });
});

test.each([undefined, null, "", 5, ["s"], {}, "x".repeat(256), "ö", "a\nb"])("a subject %j is nobody", (sub) => {
  expect(person({ sub })).toBeNull();
});

test.each([
  [{ groups: ["a", "b", "a"] }, ["a", "b"]],
  [{ groups: "a" }, ["a"]],
  [{ groups: ["Cafe\u0301", "Caf\u00e9", " b ", "\u200b", "c\nd", "e\u202e"] }, ["Caf\u00e9", "b"]],
  [{ groups: [] }, []],
  [{}, []],
  [{ _claim_names: { groups: "src1" } }, null],
  [{ _claim_names: { other: "src1" } }, []],
  [{ hasgroups: true }, null],
  [{ hasgroups: true, groups: ["a"] }, ["a"]],
])("of %o the groups are %j", (idToken, groups) => {
  expect(person(idToken)?.groups).toEqual(groups);
});

test.each([
  [{ email: "a", email_verified: true, name: "n", groups: [] }, { groups: true }, true],
  [{ email: "a", email_verified: true, name: "n" }, { groups: true }, false],
  [{ email: "a", email_verified: true, name: "n" }, { groups: false }, true],
  [{ email: "a", name: "n" }, { groups: false }, false],
  [{ email_verified: true, name: "n" }, { groups: false }, false],
])("an id token with %o says enough, given %o: %s", (idToken, wanted, expected) => {
  expect(saysEnough(idToken, RULES, wanted)).toBe(expected);
});
