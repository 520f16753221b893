import { readFile } from "node:fs/promises";
import { z } from "zod";
import { RegistryUnavailable } from "../app/ports";
import { hostOf } from "../domain/image-location";

/** The part of a Docker config.json, and of a Kubernetes secret of type dockerconfigjson, that holds passwords. */
const DockerConfig = z.object({
  auths: z
    .record(z.string(), z.object({ auth: z.string(), username: z.string(), password: z.string() }).partial())
    .default({}),
});

/** Docker Hub stands there as `https://index.docker.io/v1/`. */
const nameOf = (key: string): string => hostOf(key.replace(/^https?:\/\//, "").split("/")[0] ?? "");

/**
 * `user:password` in base64 for a registry; null where the file has none. It is read each time, as such files are
 * exchanged.
 * @throws RegistryUnavailable if it cannot be read
 */
export async function credentialsFor(host: string, file: string): Promise<string | null> {
  try {
    const { auths } = DockerConfig.parse(JSON.parse(await readFile(file, "utf8")));
    const found = Object.entries(auths).find(([key]) => nameOf(key) === host)?.[1];
    if (found === undefined) return null;
    const { auth, username = "", password } = found;
    return auth ?? (password === undefined ? null : Buffer.from(`${username}:${password}`).toString("base64"));
  } catch (error) {
    throw new RegistryUnavailable("The file with the credentials for registries cannot be read", { cause: error });
  }
}
