import { z } from "zod";
import type { ImageContent } from "../app/ports";

type Other = Extract<ImageContent, { kind: "OTHER" }>;

/** The kind of content that a manifest describes, as far as the manifest itself shows it. */
export type ManifestContent =
  /** Digests of what may be images, the most likely first. */
  | { readonly kind: "INDEX"; readonly candidates: readonly string[] }
  /** An image if its configuration confirms it. */
  | { readonly kind: "CONFIGURED"; readonly configDigest: string }
  | Other;

const OCI_INDEX = "application/vnd.oci.image.index.v1+json";
const OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const INDEX_TYPES = [OCI_INDEX, "application/vnd.docker.distribution.manifest.list.v2+json"];
const MANIFEST_TYPES = [OCI_MANIFEST, "application/vnd.docker.distribution.manifest.v2+json"];

/** The manifests that are read here. */
export const READABLE_TYPES = [...INDEX_TYPES, ...MANIFEST_TYPES];

/** Docker accepts the last one for an image too: old registries replace the pushed type by it. */
const IMAGE_CONFIG_TYPES = [
  "application/vnd.docker.container.image.v1+json",
  "application/vnd.oci.image.config.v1+json",
  "application/octet-stream",
];
/**
 * The rest of the name tells how it is packed (compressed, encrypted, pulled lazily), which concerns the container
 * engine only.
 */
const IMAGE_LAYER = /^application\/vnd\.(?:docker\.image\.rootfs|oci\.image\.layer)\./;

/** By the media type of a configuration, of a layer, or of an artifact. */
const KNOWN: readonly (readonly [RegExp, string])[] = [
  [/^application\/vnd\.buildkit\.cacheconfig\./, "a build cache of BuildKit"],
  [/^application\/vnd\.cncf\.helm\./, "a Helm chart"],
  [/cosign\.(?:simplesigning|artifact\.sig)|^application\/vnd\.cncf\.notary\./, "a signature"],
  [/in-toto|dsse\.envelope|attestation|sigstore\.bundle/, "an attestation"],
  [/spdx|cyclonedx|syft|cosign\.artifact\.sbom/, "an SBOM"],
];

const DIGEST = z.string().regex(/^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[0-9a-zA-Z=_-]+$/);
const Type = z.string().nullish();
const Index = z.object({
  artifactType: Type,
  manifests: z.array(
    z.object({
      mediaType: Type,
      artifactType: Type,
      digest: DIGEST,
      platform: z.object({ os: z.string(), architecture: z.string() }).partial().nullish(),
    }),
  ),
});
const Manifest = z.object({
  artifactType: Type,
  config: z.object({ mediaType: Type, digest: DIGEST }),
  layers: z.array(z.object({ mediaType: Type })).nullish(),
});
const Configuration = z.object({
  os: z.string(),
  // A label that is no text is left out; the image is still an image.
  config: z
    .object({ Labels: z.record(z.string(), z.string()).nullish() })
    .nullish()
    .catch(null),
});
const MediaType = z.object({ mediaType: z.string() });

/** @param type as the registry names it; without one, the type that the manifest names */
export function readManifest(type: string, body: unknown): ManifestContent {
  const known = READABLE_TYPES.includes(type) ? type : (MediaType.safeParse(body).data?.mediaType ?? type);
  if (INDEX_TYPES.includes(known)) return readIndex(body);
  if (MANIFEST_TYPES.includes(known)) return readImageManifest(body);
  if (/distribution\.manifest\.v1\+/.test(known) || hasSchema1(body))
    return other("a manifest of schema 1, which no engine runs any more");
  return other(named(known, "a manifest"));
}

export function readConfiguration(body: unknown): ImageContent {
  const { success, data } = Configuration.safeParse(body);
  // Signatures and attestations borrow the configuration of an image, and leave this empty or unknown.
  if (!success || data.os === "" || data.os === "unknown") return other("something for no operating system");
  return { kind: "IMAGE", labels: data.config?.Labels ?? {} };
}

function readIndex(body: unknown): ManifestContent {
  const { success, data } = Index.safeParse(body);
  if (!success) return other("an index that cannot be read");
  if (isArtifact(data.artifactType)) return other(named(data.artifactType, "an OCI artifact"));
  const mayBeImage = data.manifests.filter(
    ({ mediaType, artifactType, platform }) =>
      (mediaType == null || MANIFEST_TYPES.includes(mediaType)) &&
      !isArtifact(artifactType) &&
      platform?.os !== "unknown",
  );
  if (mayBeImage.length === 0) {
    const types = data.manifests.flatMap(({ mediaType, artifactType }) => [artifactType ?? "", mediaType ?? ""]);
    return other(nameOfOne(types) ?? "an index without images");
  }
  const rank = ({ platform }: (typeof mayBeImage)[number]): number =>
    platform?.os !== "linux" ? 2 : platform.architecture === "amd64" ? 0 : 1;
  return { kind: "INDEX", candidates: mayBeImage.sort((a, b) => rank(a) - rank(b)).map(({ digest }) => digest) };
}

function readImageManifest(body: unknown): ManifestContent {
  const { success, data } = Manifest.safeParse(body);
  if (!success) return other("a manifest that cannot be read");
  const { artifactType, config, layers } = data;
  const configType = config.mediaType ?? "";
  const foreign = (layers ?? [])
    .map(({ mediaType }) => mediaType ?? "")
    .filter((type) => type !== "" && !IMAGE_LAYER.test(type));
  if (isArtifact(artifactType)) return other(named(artifactType, "an OCI artifact"));
  if (configType !== "" && !IMAGE_CONFIG_TYPES.includes(configType)) {
    return other(nameOfOne([configType, ...foreign]) ?? named(configType, "an OCI artifact"));
  }
  const [layer] = foreign;
  if (layer !== undefined) return other(nameOfOne(foreign) ?? named(layer, "something with layers"));
  return { kind: "CONFIGURED", configDigest: config.digest };
}

/** Some tools repeat the type of an image's configuration here. */
const isArtifact = (artifactType: string | null | undefined): artifactType is string =>
  artifactType != null && artifactType !== "" && !IMAGE_CONFIG_TYPES.includes(artifactType);

const hasSchema1 = (body: unknown): boolean => z.object({ schemaVersion: z.literal(1) }).safeParse(body).success;

const other = (what: string): Other => ({ kind: "OTHER", what });

const nameOfOne = (types: readonly string[]): string | undefined =>
  KNOWN.find(([pattern]) => types.some((type) => pattern.test(type)))?.[1];

/** Names the type itself only if it is a valid one, since the client that pushed has chosen the text. */
function named(type: string, kind: string): string {
  const shown = /^[\w.+/-]{1,127}$/.test(type) ? ` of type ${type}` : "";
  return nameOfOne([type]) ?? `${kind}${shown}`;
}
