import type { Config } from "./config";

/**
 * The URL of the Deployments from outside: `deployments.<base domain>`, as on the 0.35 platform. On `localhost` it is
 * that of this process, which listens on `port`: no proxy that routes by host is in front of it.
 */
export function deploymentsUrlOf(
  { server, deployments }: Pick<Config, "server" | "deployments">,
  port: number,
): string {
  if (deployments.publicUrl !== undefined) return deployments.publicUrl;
  if (server.baseDomain === "localhost") return server.publicUrl ?? `http://localhost:${port}`;
  return `https://${deployments.subdomain}.${server.baseDomain}`;
}
