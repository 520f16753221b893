/** The place of an image: a registry, and the repository there. */
export interface ImageLocation {
  /** With the port, if there is one. */
  readonly host: string;
  readonly repository: string;
}

const DOCKER_HUB = "docker.io";

/** Docker Hub goes by two names. */
export const hostOf = (name: string): string =>
  name.toLowerCase() === "index.docker.io" ? DOCKER_HUB : name.toLowerCase();

/** Reads `host/repository`; without a host it is Docker Hub's. Source: the Distribution project's reference package. */
export function locateImage(name: string): ImageLocation {
  const [first = "", ...rest] = name.split("/");
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  const host = isHost ? hostOf(first) : DOCKER_HUB;
  const repository = isHost ? rest.join("/") : name;
  return { host, repository: host === DOCKER_HUB && !repository.includes("/") ? `library/${repository}` : repository };
}

/** The address of a registry. As in Docker, only a registry on this machine is asked without https. */
export function apiOf(host: string): string {
  if (host === DOCKER_HUB) return "https://registry-1.docker.io";
  return /^(localhost|127(\.\d{1,3}){3})(:\d+)?$/.test(host) ? `http://${host}` : `https://${host}`;
}
