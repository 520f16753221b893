import { InvalidInput } from "../../../kernel/errors";

const MAX_REFERENCE = 1_000;
/** With the host. Source: the note on names in the OCI's distribution specification, "Pulling manifests". */
const MAX_REPOSITORY = 255;
const MAX_PORT = 65_535;
/** The grammar of the Distribution project's reference package (distribution/reference), lower-case repositories. */
const HOST =
  "(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*(?::[0-9]{1,5})?";
const COMPONENT = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const REFERENCE = new RegExp(
  `^((?:${HOST}/)?${COMPONENT}(?:/${COMPONENT})*)(?::([\\w][\\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$`,
);
const DIGEST = /^sha256:[0-9a-f]{64}$/;

export interface Image {
  readonly imageRepository: string;
  readonly imageTag: string | null;
  readonly imageDigest: string | null;
}

/**
 * Reads `repository[:tag][@digest]`; without tag and digest the tag is `latest`, as Docker has it.
 * @throws InvalidInput if it is none, or a digest given beside it differs
 */
export function parseImage(text: string, digestBeside?: string): Image {
  const match = text.length > MAX_REFERENCE ? null : REFERENCE.exec(text);
  if (match?.[1] === undefined) {
    throw new InvalidInput("image", "has to be an image reference such as registry.example.com/team/airflow:deploy-1");
  }
  const port = /^[^/]*:(\d+)\//.exec(match[1])?.[1];
  if (port !== undefined && (Number(port) < 1 || Number(port) > MAX_PORT)) {
    throw new InvalidInput("image", `names port ${port} of a registry; ports go from 1 to ${MAX_PORT}`);
  }
  if (match[1].length > MAX_REPOSITORY) {
    throw new InvalidInput(
      "image",
      `names a repository of ${match[1].length} characters; with the registry's host it may have ${MAX_REPOSITORY}`,
    );
  }
  if (digestBeside !== undefined && !DIGEST.test(digestBeside)) {
    throw new InvalidInput("imageDigest", "has to be sha256: and 64 hexadecimal digits");
  }
  const own = match[3] ?? null;
  if (own !== null && digestBeside !== undefined && own !== digestBeside) {
    throw new InvalidInput("imageDigest", "differs from the digest in the image reference");
  }
  const imageDigest = own ?? digestBeside ?? null;
  return { imageRepository: match[1], imageTag: match[2] ?? (own === null ? "latest" : null), imageDigest };
}
