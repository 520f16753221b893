import { createHash, createHmac } from "node:crypto";
import type { IncomingMessage } from "node:http";

const HEADER =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;

/**
 * What S3 answers to who is nobody, or lacks the secret; null to who has it. Signature version 4, in the header only.
 */
export function signatureProblem(
  request: IncomingMessage,
  body: Buffer,
  keys: { readonly accessKeyId: string; readonly secretAccessKey: string },
): string | null {
  const [, accessKeyId = "", day = "", region = "", names = "", signature = ""] =
    HEADER.exec(request.headers.authorization ?? "") ?? [];
  if (signature === "") return "AccessDenied";
  if (accessKeyId !== keys.accessKeyId) return "InvalidAccessKeyId";
  const scope = `${day}/${region}/s3/aws4_request`;
  const bodyHash = request.headers["x-amz-content-sha256"];
  const isWhole = bodyHash === "UNSIGNED-PAYLOAD" || bodyHash === createHash("sha256").update(body).digest("hex");
  if (!isWhole) return "XAmzContentSHA256Mismatch";
  const [path = "", query = ""] = (request.url ?? "").split("?");
  const parameters =
    query === ""
      ? []
      : query
          .split("&")
          .map((one) => (one.includes("=") ? one : `${one}=`))
          .sort();
  const headers = names.split(";").map((name) => `${name}:${String(request.headers[name] ?? "").trim()}\n`);
  const canonical = [request.method, path, parameters.join("&"), headers.join(""), names, bodyHash].join("\n");
  const toSign = [
    "AWS4-HMAC-SHA256",
    request.headers["x-amz-date"],
    scope,
    createHash("sha256").update(canonical).digest("hex"),
  ].join("\n");
  const key = [day, region, "s3", "aws4_request"].reduce<Buffer>(
    (last, part) => hmac(last, part),
    Buffer.from(`AWS4${keys.secretAccessKey}`),
  );
  return hmac(key, toSign).toString("hex") === signature ? null : "SignatureDoesNotMatch";
}

const hmac = (key: Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();
