import { X509CertificateGenerator } from "@peculiar/x509";
import { KeyObject, webcrypto } from "node:crypto";
import type { RegistryKey } from "./jwt-registry-tokens";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const NAME = "CN=Retrograde registry tokens";
const LIVES_YEARS = 20;

/** A key with a certificate of its own, which the registry has to be given. */
export async function selfSignedKey(): Promise<RegistryKey> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const notBefore = new Date();
  const notAfter = new Date(notBefore);
  notAfter.setUTCFullYear(notAfter.getUTCFullYear() + LIVES_YEARS);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: NAME,
    notBefore,
    notAfter,
    keys,
    signingAlgorithm: ALGORITHM,
  });
  return {
    privateKeyPem: KeyObject.from(keys.privateKey).export({ type: "pkcs8", format: "pem" }).toString(),
    certificatePem: `${certificate.toString("pem")}\n`,
  };
}
