import { readConfiguration, readManifest } from "./image-content";

const OCI = "application/vnd.oci.image.manifest.v1+json";
const DOCKER = "application/vnd.docker.distribution.manifest.v2+json";
const OCI_INDEX = "application/vnd.oci.image.index.v1+json";
const DOCKER_INDEX = "application/vnd.docker.distribution.manifest.list.v2+json";
const OCI_CONFIG = "application/vnd.oci.image.config.v1+json";
const DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json";
const EMPTY = "application/vnd.oci.empty.v1+json";

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
const CONFIG_DIGEST = digest("c");
const manifest = (configType: string | undefined, layers: readonly string[], extra: object = {}) => ({
  schemaVersion: 2,
  config: { mediaType: configType, digest: CONFIG_DIGEST, size: 2 },
  layers: layers.map((mediaType) => ({ mediaType, digest: digest("1"), size: 1 })),
  ...extra,
});
const CONFIGURED = { kind: "CONFIGURED", configDigest: CONFIG_DIGEST };

describe("a manifest of an image", () => {
  test.each<[string, string, object]>([
    ["Docker's", DOCKER, manifest(DOCKER_CONFIG, ["application/vnd.docker.image.rootfs.diff.tar.gzip"])],
    ["the OCI's", OCI, manifest(OCI_CONFIG, ["application/vnd.oci.image.layer.v1.tar+gzip"])],
    ["with zstd", OCI, manifest(OCI_CONFIG, ["application/vnd.oci.image.layer.v1.tar+zstd"])],
    ["uncompressed", OCI, manifest(OCI_CONFIG, ["application/vnd.oci.image.layer.v1.tar"])],
    ["encrypted", OCI, manifest(OCI_CONFIG, ["application/vnd.oci.image.layer.v1.tar+gzip+encrypted"])],
    ["of Windows", DOCKER, manifest(DOCKER_CONFIG, ["application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"])],
    ["lazily pulled", OCI, manifest(OCI_CONFIG, ["application/vnd.oci.image.layer.nydus.blob.v1"])],
    ["without layers", OCI, manifest(OCI_CONFIG, [])],
    ["without a list of layers", OCI, { config: { mediaType: OCI_CONFIG, digest: CONFIG_DIGEST } }],
    ["that mixes both families", DOCKER, manifest(OCI_CONFIG, ["application/vnd.docker.image.rootfs.diff.tar.gzip"])],
    ["of an old registry", DOCKER, manifest("application/octet-stream", [])],
    ["without the type of its configuration", DOCKER, manifest(undefined, [])],
    ["that repeats the type of its configuration", OCI, manifest(OCI_CONFIG, [], { artifactType: OCI_CONFIG })],
    ["with an empty artifactType", OCI, manifest(OCI_CONFIG, [], { artifactType: "" })],
    ["whose type only it tells", "application/json", { ...manifest(OCI_CONFIG, []), mediaType: OCI }],
  ])("%s", (_name, type, body) => {
    expect(readManifest(type, body)).toEqual(CONFIGURED);
  });
});

describe("a manifest of something else", () => {
  test.each<[string, string, object]>([
    ["a signature", OCI, manifest(OCI_CONFIG, ["application/vnd.dev.cosign.simplesigning.v1+json"])],
    ["an attestation", OCI, manifest(OCI_CONFIG, ["application/vnd.dsse.envelope.v1+json"])],
    ["an attestation", OCI, manifest(OCI_CONFIG, ["application/vnd.in-toto+json", "application/vnd.in-toto+json"])],
    ["an attestation", OCI, manifest(EMPTY, [], { artifactType: "application/vnd.dev.sigstore.bundle.v0.3+json" })],
    ["an SBOM", OCI, manifest(OCI_CONFIG, ["text/spdx+json"])],
    ["an SBOM", OCI, manifest(OCI_CONFIG, ["application/vnd.cyclonedx+json"])],
    ["an SBOM", OCI, manifest(EMPTY, [EMPTY], { artifactType: "application/spdx+json" })],
    [
      "a signature",
      OCI,
      manifest(EMPTY, ["application/jose+json"], { artifactType: "application/vnd.cncf.notary.signature" }),
    ],
    [
      "a Helm chart",
      OCI,
      manifest("application/vnd.cncf.helm.config.v1+json", ["application/vnd.cncf.helm.chart.content.v1.tar+gzip"]),
    ],
    [
      "a build cache of BuildKit",
      OCI,
      manifest("application/vnd.buildkit.cacheconfig.v0", ["application/vnd.oci.image.layer.v1.tar+gzip"]),
    ],
    [
      "an OCI artifact of type application/vnd.wasm.config.v0+json",
      OCI,
      manifest("application/vnd.wasm.config.v0+json", ["application/wasm"]),
    ],
    [`an OCI artifact of type ${EMPTY}`, OCI, manifest(EMPTY, ["application/vnd.oci.image.layer.v1.tar"])],
    [
      "an OCI artifact of type application/vnd.acme.rocket",
      OCI,
      manifest(OCI_CONFIG, [], { artifactType: "application/vnd.acme.rocket" }),
    ],
    ["an OCI artifact", OCI, manifest("two\nlines", [])],
    [
      "something with layers of type text/plain",
      OCI,
      manifest(OCI_CONFIG, ["application/vnd.oci.image.layer.v1.tar", "text/plain"]),
    ],
    [
      "a manifest of schema 1, which no engine runs any more",
      "application/vnd.docker.distribution.manifest.v1+prettyjws",
      { schemaVersion: 1 },
    ],
    ["a manifest of schema 1, which no engine runs any more", "application/json", { schemaVersion: 1, fsLayers: [] }],
    [
      "a manifest of type application/vnd.oci.artifact.manifest.v1+json",
      "application/vnd.oci.artifact.manifest.v1+json",
      { blobs: [] },
    ],
    ["a manifest that cannot be read", OCI, {}],
    ["a manifest that cannot be read", OCI, { config: { mediaType: OCI_CONFIG, digest: "../../x" } }],
  ])("is called %s", (what, type, body) => {
    expect(readManifest(type, body)).toEqual({ kind: "OTHER", what });
  });

  test("is named also where there is nothing to read", () => {
    for (const body of [null, undefined, 7, "text", []]) {
      expect(readManifest("", body)).toEqual({ kind: "OTHER", what: "a manifest" });
      expect(readManifest(OCI, body)).toMatchObject({ kind: "OTHER" });
      expect(readManifest(OCI_INDEX, body)).toMatchObject({ kind: "OTHER" });
      expect(readConfiguration(body)).toMatchObject({ kind: "OTHER" });
    }
  });
});

describe("an index", () => {
  const amd64 = { mediaType: OCI, digest: digest("a"), platform: { os: "linux", architecture: "amd64" } };
  const arm64 = { mediaType: OCI, digest: digest("b"), platform: { os: "linux", architecture: "arm64" } };
  const attestation = { mediaType: OCI, digest: digest("d"), platform: { os: "unknown", architecture: "unknown" } };
  const bare = { mediaType: DOCKER, digest: digest("e") };
  const sbom = { mediaType: OCI, artifactType: "application/spdx+json", digest: digest("f") };

  test.each<[string, string, readonly object[], readonly { readonly digest: string }[]]>([
    ["for several platforms", OCI_INDEX, [arm64, amd64], [amd64, arm64]],
    ["in Docker's form", DOCKER_INDEX, [arm64], [arm64]],
    ["with attestations", OCI_INDEX, [attestation, arm64, attestation, amd64], [amd64, arm64]],
    ["with an SBOM beside the image", OCI_INDEX, [sbom, amd64], [amd64]],
    ["without platforms", OCI_INDEX, [bare, amd64], [amd64, bare]],
    ["that does not tell the types", OCI_INDEX, [{ digest: digest("a") }], [amd64]],
    ["whose entry repeats the type of a configuration", OCI_INDEX, [{ ...amd64, artifactType: OCI_CONFIG }], [amd64]],
  ])("%s holds images", (_name, type, manifests, images) => {
    expect(readManifest(type, { schemaVersion: 2, manifests })).toEqual({
      kind: "INDEX",
      candidates: images.map((image) => image.digest),
    });
  });

  test.each<[string, object]>([
    [
      "a build cache of BuildKit",
      {
        manifests: [
          { mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", digest: digest("1") },
          { mediaType: "application/vnd.buildkit.cacheconfig.v0", digest: digest("2") },
        ],
      },
    ],
    ["an SBOM", { manifests: [sbom] }],
    ["an index without images", { manifests: [] }],
    ["an index without images", { manifests: [attestation] }],
    [
      "an OCI artifact of type application/vnd.acme.set",
      { artifactType: "application/vnd.acme.set", manifests: [amd64] },
    ],
    ["an index that cannot be read", { manifests: {} }],
  ])("that is %s holds none", (what, body) => {
    expect(readManifest(OCI_INDEX, body)).toEqual({ kind: "OTHER", what });
  });
});

describe("a configuration", () => {
  test.each<[unknown, object]>([
    [
      { os: "linux", config: { Labels: { a: "b" } } },
      { kind: "IMAGE", labels: { a: "b" } },
    ],
    [
      { os: "linux", config: { Labels: null } },
      { kind: "IMAGE", labels: {} },
    ],
    [
      { os: "linux", config: null },
      { kind: "IMAGE", labels: {} },
    ],
    [{ os: "linux" }, { kind: "IMAGE", labels: {} }],
    [
      { os: "linux", config: { Labels: { a: 1 } } },
      { kind: "IMAGE", labels: {} },
    ],
    [{ os: "windows" }, { kind: "IMAGE", labels: {} }],
    [
      { os: "", config: {} },
      { kind: "OTHER", what: "something for no operating system" },
    ],
    [{ os: "unknown" }, { kind: "OTHER", what: "something for no operating system" }],
    [{ config: { Labels: {} } }, { kind: "OTHER", what: "something for no operating system" }],
    [{}, { kind: "OTHER", what: "something for no operating system" }],
  ])("%j", (body, content) => {
    expect(readConfiguration(body)).toEqual(content);
  });
});
