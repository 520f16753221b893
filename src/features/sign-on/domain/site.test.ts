import { returnTarget } from "./return-target";
import { callbackOf, siteOf, startOf, tokenPageOf, type SiteSettings } from "./site";

const SETTINGS: SiteSettings = {
  baseDomain: "example.com",
  subdomain: "houston",
  appSubdomain: "app",
  subdomainHttps: true,
  port: 8871,
  endpoint: "/v1",
  deploymentsUrl: "https://deployments.example.com",
};
const site = (overrides: Partial<SiteSettings> = {}) => siteOf({ ...SETTINGS, ...overrides });

const DEPLOYMENTS = "deployments.example.com";

test.each<[string, Partial<SiteSettings>, string, string | null, string | null]>([
  ["a base domain", {}, "https://houston.example.com", "https://app.example.com", DEPLOYMENTS],
  [
    "a base domain by http",
    { subdomainHttps: false },
    "http://houston.example.com",
    "http://app.example.com",
    DEPLOYMENTS,
  ],
  [
    "other subdomains",
    { subdomain: "api", appSubdomain: "ui" },
    "https://api.example.com",
    "https://ui.example.com",
    DEPLOYMENTS,
  ],
  [
    "another host for the Deployments",
    { deploymentsUrl: "https://airflow.example.org:444/" },
    "https://houston.example.com",
    "https://app.example.com",
    "airflow.example.org:444",
  ],
  [
    "one host for all",
    { publicUrl: "https://one.example.com", deploymentsUrl: "https://one.example.com/" },
    "https://one.example.com",
    "https://app.example.com",
    null,
  ],
  [
    "localhost",
    { baseDomain: "localhost", port: 9000, deploymentsUrl: "http://localhost:9000" },
    "http://localhost:9000",
    null,
    null,
  ],
  [
    "an address of its own",
    { publicUrl: "https://Retrograde.Example.com:443/" },
    "https://retrograde.example.com",
    "https://app.example.com",
    DEPLOYMENTS,
  ],
  [
    "an address of its own on localhost",
    { publicUrl: "http://localhost:8080", baseDomain: "localhost", deploymentsUrl: "http://localhost:8080" },
    "http://localhost:8080",
    null,
    null,
  ],
])("with %s", (_name, settings, origin, appOrigin, deploymentsHost) => {
  expect(site(settings)).toEqual({ origin, appOrigin, deploymentsHost, endpoint: "/v1" });
});

test("the addresses are those that the 0.35 platform has people register", () => {
  expect(callbackOf(site())).toBe("https://houston.example.com/v1/oauth/callback/");
  expect(startOf(site(), "okta")).toBe("https://houston.example.com/v1/oauth/start?provider=okta");
  expect(startOf(site(), "okta", { target: "https://app.example.com/a?b=c&d" })).toBe(
    "https://houston.example.com/v1/oauth/start?provider=okta&redirect=https%3A%2F%2Fapp.example.com%2Fa%3Fb%3Dc%26d",
  );
  expect(tokenPageOf(site({ endpoint: "/api" }))).toBe("https://houston.example.com/api/token");
});

test.each([
  ["/a?b#c", "https://houston.example.com/a?b#c"],
  ["https://app.example.com/x", "https://app.example.com/x"],
  ["https://houston.example.com", "https://houston.example.com/"],
  ["https://deployments.example.com/", null],
  ["https://evil.example/", null],
  ["//evil.example", null],
  ["/\\evil.example", null],
  ["https://app.example.com@evil.example", null],
  ["https://a:b@app.example.com/", null],
  ["http://app.example.com/", null],
  ["blob:https://app.example.com/x", null],
  [["/a"], null],
  [null, null],
])("a browser that is to go to %j goes to %j", (asked, expected) => {
  const { origin, appOrigin } = site();
  expect(returnTarget(asked, { own: origin, others: appOrigin === null ? [] : [appOrigin] })).toBe(expected);
});
