import type { AddressInfo } from "node:net";
import { WebSocket } from "ws";
import { signUpAdmin, uniqueName } from "../builders/api";
import { CREATE_WORKSPACE } from "../builders/workspace-operations";
import { startTestApp, type TestApp } from "../world/app";

const SENDER = "127.0.0.1";
/** What the client has written, and then what a proxy at the sender's address has appended. */
const SPOOFED = "8.8.8.8, 198.51.100.7";

test.each<[string, string, string]>([
  ["false", SPOOFED, SENDER],
  ["1", SPOOFED, "198.51.100.7"],
  ["loopback, 198.51.100.0/24", SPOOFED, "8.8.8.8"],
])(
  "with trustProxy %s and X-Forwarded-For %s, the audit trail shows %s for a request and for a WebSocket",
  async (trustProxy, forwardedFor, expected) => {
    const world = await startTestApp({ env: { WEBSERVER__TRUST_PROXY: trustProxy } });
    try {
      const admin = await signUpAdmin(world);
      const headers = { "x-forwarded-for": forwardedFor };
      const label = uniqueName("team");
      expect((await world.send(CREATE_WORKSPACE, { label }, admin, headers)).errors).toBeUndefined();
      expect(await addressesOf(world, label)).toEqual([expected]);

      const overSocket = uniqueName("team");
      await mutateOverSocket(world, { headers, token: admin, label: overSocket });
      expect(await addressesOf(world, overSocket)).toEqual([expected]);
    } finally {
      await world.close();
    }
  },
);

const addressesOf = async (world: TestApp, label: string): Promise<unknown[]> =>
  (
    await world.database.sql.query<{ address: string }>("SELECT address FROM audit_line WHERE object_label = $1", [
      label,
    ])
  ).map(({ address }) => address);

function mutateOverSocket(
  world: TestApp,
  { headers, token, label }: { headers: Record<string, string>; token: string; label: string },
): Promise<void> {
  const { port } = world.app.server.app.server.address() as AddressInfo;
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, "graphql-transport-ws", { headers });
  return new Promise((resolve, reject) => {
    socket.on("error", reject);
    socket.on("close", (code, reason) => reject(new Error(`closed with ${code} ${reason.toString()}`)));
    socket.on("open", () =>
      socket.send(JSON.stringify({ type: "connection_init", payload: { authorization: token } })),
    );
    socket.on("message", (data: Buffer) => {
      const message = JSON.parse(data.toString()) as { type: string; payload?: { errors?: unknown[] } };
      if (message.type === "connection_ack")
        socket.send(
          JSON.stringify({ id: "1", type: "subscribe", payload: { query: CREATE_WORKSPACE, variables: { label } } }),
        );
      if (message.type === "error" || message.payload?.errors !== undefined) reject(new Error(JSON.stringify(message)));
      else if (message.type === "next") {
        socket.removeAllListeners("close").close();
        resolve();
      }
    });
  });
}
