import { plural, shortDigest, sizeWords } from "../lib/words";
import { CopyButton } from "./copy-button";

interface ImageFactsProps {
  readonly image: string | null | undefined;
  readonly digest: string | null | undefined;
}

/** Image and digest, as far as they are known: terms of a list of facts. */
export function ImageFacts({ image, digest }: ImageFactsProps) {
  return (
    <>
      {image == null ? null : (
        <>
          <dt>Image</dt>
          <dd>
            <span className="mono">{image.split("@")[0]}</span> <CopyButton text={image} label="Copy image" />
          </dd>
        </>
      )}
      {digest == null ? null : (
        <>
          <dt>Digest</dt>
          <dd>
            <span className="mono">{shortDigest(digest)}</span> <CopyButton text={digest} label="Copy digest" />
          </dd>
        </>
      )}
    </>
  );
}

interface BundleSizeProps {
  readonly bundle: { readonly fileCount: number; readonly sizeBytes: number } | null | undefined;
}

/** Stands behind the version of a DAG bundle. */
export function BundleSize({ bundle }: BundleSizeProps) {
  return bundle == null ? null : (
    <span className="quiet">
      {" "}
      · {plural(bundle.fileCount, "file")}, {sizeWords(bundle.sizeBytes)}
    </span>
  );
}
