import { checkPassword, requireNoName } from "./passwords";

test.each([
  ["password", "commonest"],
  ["PassWord", "commonest"],
  [" password1 ", "commonest"],
  ["12345678", "commonest"],
  ["aaaaaaaa", "commonest"],
  ["ａａａａａａａａ", "commonest"],
  ["seven77", "8 to 128"],
  ["", "8 to 128"],
  ["xy".repeat(500_000), "8 to 128"],
  ["xy".repeat(64) + "x", "8 to 128"],
])("%j is refused as a password", (password, message) => {
  expect(() => checkPassword(password)).toThrow(message);
});

test.each([
  "correct horse",
  "battery staple",
  "abababab!",
  "été à la plage",
  "  spaces  ",
  "пароль12",
  "xy".repeat(64),
])("%j is taken", (password) => {
  expect(checkPassword(password)).toBe(password);
});

test.each(["ada.lovelace@example.com", "ADA.Lovelace@example.com", "ada.lovelace", "Ada Lovelace", "countess"])(
  "%j is refused to the person whose name or address it is",
  (password) => {
    const names = ["ada.lovelace@example.com", "Countess", "Ada Lovelace", null];
    expect(() => requireNoName(password, names)).toThrow("is a name or an address of the user");
    expect(() => requireNoName(password, ["grace@example.com", null])).not.toThrow();
  },
);

test("a refusal does not repeat the password", () => {
  expect(() => checkPassword("hunter2")).not.toThrow("hunter2");
  expect(() => checkPassword("password1")).not.toThrow("password1");
  expect(() => requireNoName("ada.lovelace", ["Ada.Lovelace@example.com"])).not.toThrow("ada.lovelace");
});
