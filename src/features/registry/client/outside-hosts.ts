import { requirePublicHost } from "../../../infrastructure/outbound/public-addresses";
import { isSameSite } from "../domain/same-site";

/** Where a foreign registry may send us: its answers name hosts, for tokens and by redirects. */
export class OutsideHosts {
  /** @param trusted hosts that the configuration names, with a port where it is not the usual one */
  constructor(
    private readonly registry: URL,
    private readonly trusted: readonly string[],
  ) {}

  /** @throws Error for a host that is neither the registry's nor named, and not reached over https on the internet */
  readonly requireReachable = async (url: URL): Promise<void> => {
    if (this.isTrusted(url)) return;
    if (url.protocol !== "https:") throw new Error(`${url.origin} is not reached over https, and is not asked`);
    await requirePublicHost(url);
  };

  /** The same for where a password goes: it has to be the registry's own site too. @throws Error */
  readonly requireForPassword = async (url: URL): Promise<void> => {
    await this.requireReachable(url);
    if (!this.isTrusted(url) && !isSameSite(this.registry.hostname, url.hostname))
      throw new Error(`${url.host} is of another site than the registry, and gets no password of it`);
  };

  private isTrusted(url: URL): boolean {
    if (url.host === this.registry.host && url.protocol === this.registry.protocol) return true;
    if (url.hostname === this.registry.hostname && url.protocol === "https:") return true;
    return this.trusted.includes(url.host.toLowerCase()) && /^https?:$/.test(url.protocol);
  }
}
