/** Second levels that belong to nobody, as in `example.co.uk`. */
const SHARED_SECOND_LEVEL = /^(ac|co|com|edu|gov|net|org)\.[a-z]{2}$/;

/**
 * Whether two hosts are of one site: the same, one below the other, or both below the same domain, as
 * `registry-1.docker.io` and `auth.docker.io` are. Names without a port; addresses only if they are the same.
 */
export function isSameSite(one: string, other: string): boolean {
  const [a, b] = [one.toLowerCase(), other.toLowerCase()];
  if (a === b) return true;
  if ([a, b].some((host) => /^[\d.]+$/.test(host) || host.includes(":"))) return false;
  if (isBelow(a, b) || isBelow(b, a)) return true;
  const parent = a.split(".").slice(1).join(".");
  return isOwnDomain(parent) && isBelow(b, parent);
}

const isBelow = (host: string, domain: string): boolean => isOwnDomain(domain) && host.endsWith(`.${domain}`);
const isOwnDomain = (domain: string): boolean => domain.includes(".") && !SHARED_SECOND_LEVEL.test(domain);
