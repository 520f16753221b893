import { isPublicAddress, requirePublicHost } from "./public-addresses";

test.each(["8.8.8.8", "172.32.0.1", "192.169.0.1", "2606:4700:4700::1111", "2001:4860:4860::8888", "::ffff:8.8.8.8"])(
  "%s is public",
  (one) => {
    expect(isPublicAddress(one)).toBe(true);
  },
);

test.each([
  ...["0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.16.0.1", "192.168.1.1", "224.0.0.1"],
  ...["255.255.255.255", "::", "::1", "fc00::1", "fd12::1", "fe80::1", "ff02::1", "::ffff:10.0.0.1", "localhost", ""],
  ...[
    "::ffff:a9fe:a9fe",
    "64:ff9b::7f00:1",
    "64:ff9b:1::7f00:1",
    "2002:7f00:1::",
    "::7f00:1",
    "::127.0.0.1",
    "fec0::1",
  ],
  ...["192.0.2.1", "240.0.0.1", "4000::1", "nonsense"],
])("%j is not public", (one) => {
  expect(isPublicAddress(one)).toBe(false);
});

test.each([
  "http://127.0.0.1/",
  "http://[::1]/",
  "http://localhost:1/",
  "http://[::ffff:10.0.0.1]/",
  "http://[64:ff9b::7f00:1]/",
])("%s is not asked", async (url) => {
  await expect(requirePublicHost(new URL(url))).rejects.toThrow("is not on the internet");
});
