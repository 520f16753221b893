import { apiAddress, isReadableOnTheWay } from "./server-address";

test.each([
  ["https://houston.example.com", "https://houston.example.com/v1"],
  ["https://houston.example.com/", "https://houston.example.com/v1"],
  ["https://houston.example.com/v1/", "https://houston.example.com/v1"],
  ["http://localhost:8871/api?a=b#c", "http://localhost:8871/api"],
])("%s is the API at %s", (given, address) => expect(apiAddress(given)).toBe(address));

test.each(["houston.example.com", "", "file:///etc/passwd", "https://me:secret@example.com", "http://"])(
  "“%s” is refused",
  (given) => expect(() => apiAddress(given)).toThrow(/URL/),
);

test("only this machine may be spoken to without encryption and without a warning", () => {
  expect(isReadableOnTheWay("http://houston.example.com/v1")).toBe(true);
  for (const url of [
    "https://houston.example.com/v1",
    "http://localhost:8871/v1",
    "http://127.0.0.1/v1",
    "http://[::1]/v1",
  ])
    expect(isReadableOnTheWay(url)).toBe(false);
});
