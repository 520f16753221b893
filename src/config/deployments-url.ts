import type { Config } from "./config";

/**
 * Where the Deployments are reached from outside: below `deployments.<base domain>`, as on the 0.35 platform. On
 * `localhost` that is where this process is, which listens on `port`: nothing stands in front of it that knew hosts.
 */
export function deploymentsUrlOf(
  { server, deployments }: Pick<Config, "server" | "deployments">,
  port: number,
): string {
  if (deployments.publicUrl !== undefined) return deployments.publicUrl;
  if (server.baseDomain === "localhost") return server.publicUrl ?? `http://localhost:${port}`;
  return `https://${deployments.subdomain}.${server.baseDomain}`;
}
