import { isSameSite } from "./same-site";

test.each([
  ["ghcr.io", "ghcr.io"],
  ["registry-1.docker.io", "auth.docker.io"],
  ["registry.gitlab.com", "gitlab.com"],
  ["quay.io", "auth.quay.io"],
  ["Registry.Example.co.uk", "auth.example.co.uk"],
])("%s and %s are one site", (registry, realm) => {
  expect(isSameSite(registry, realm)).toBe(true);
});

test.each([
  ["ghcr.io", "quay.io"],
  ["example.co.uk", "evil.co.uk"],
  ["registry.example.com", "example.com.evil.net"],
  ["registry.example.com", "evilexample.com"],
  ["10.0.0.1", "10.0.0.2"],
  ["localhost", "example.localhost"],
])("%s and %s are not", (registry, realm) => {
  expect(isSameSite(registry, realm)).toBe(false);
});
