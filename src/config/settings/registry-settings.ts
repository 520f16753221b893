import { config, deployments, optionalSetting, setting } from "./setting";
import { filePath, listOfText, oneOf, text, textLike, trueOrFalse, wholeNumber } from "./value-kinds";

const hostAndPort = textLike(
  /^[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?(?::(?:[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5]))?$/,
  "host, or host:port",
);

/** The installation's own container registry, which trusts this service's tokens and notifies it of pushes. */
export const registry = {
  host: setting({
    kind: textLike(/^[A-Za-z0-9]([\w.-]*[A-Za-z0-9])?$/, "a host name"),
    default: "localhost",
    values: [config("registry.host")],
    description: "Where this process finds the registry.",
  }),
  port: setting({
    kind: wholeNumber(1, 65_535),
    default: 5000,
    values: [config("registry.port")],
    description: "The registry's port.",
  }),
  protocol: setting({
    kind: oneOf(["http", "https"]),
    default: "http",
    values: [config("registry.protocol")],
    description: "How this process speaks to the registry.",
  }),
  publicHost: optionalSetting({
    kind: hostAndPort,
    values: [config("registry.publicHost")],
    description:
      "The host in the names of its images; without it registry.<baseDomain>, and on localhost the registry's own address.",
  }),
  authHeader: optionalSetting({
    kind: text,
    values: [config("registry.authHeader")],
    secret: "whole",
    description: "What the registry sends as `Authorization` with its notifications; without it none are taken.",
  }),
  takesEvents: setting({
    kind: trueOrFalse,
    default: true,
    values: [
      deployments("deploymentImagesRegistry.exposeDockerWebhookEndpoint.enabled"),
      deployments("exposeDockerWebhookEndpoint"),
    ],
    description: "Take the registry's notifications, and record what was pushed as deploys.",
  }),
  certPath: optionalSetting({
    kind: filePath,
    values: [config("jwt.registry.certPath")],
    description:
      "A folder with tls.key and tls.crt that sign the registry's tokens; without it those of `auth.signingKeyPath`, else a pair that is made and kept.",
  }),
  issuer: setting({
    kind: text,
    default: "houston",
    values: [config("jwt.registry.issuer")],
    description: "Issuer of the registry's tokens; the registry's `auth.token.issuer`.",
  }),
  service: setting({
    kind: text,
    default: "docker-registry",
    values: [config("jwt.registry.service")],
    description: "Audience of the registry's tokens; the registry's `auth.token.service`.",
  }),
  baseImages: setting({
    kind: listOfText,
    default: ["base-images/airflow"],
    values: [config("jwt.registry.baseImages")],
    description: "Repositories that everybody may pull and system editors may push.",
  }),
  credentialsFile: optionalSetting({
    kind: filePath,
    values: [config("registry.credentialsFile")],
    description: "A Docker config.json with the passwords (`auths`) of other registries whose images are looked up.",
  }),
  anonymousHosts: setting({
    kind: listOfText,
    default: ["docker.io", "quay.io"],
    values: [config("registry.anonymousHosts")],
    description: "Other registries whose images are looked up without a password.",
  }),
  trustedHosts: setting({
    kind: listOfText,
    default: [],
    values: [config("registry.trustedHosts")],
    description:
      "Hosts that the answers of other registries may send this service to, for tokens (with the password) and by redirects, beside those of their own site over https on the internet. With the port where it is not the usual one.",
  }),
  maxExtraDeployments: setting({
    kind: wholeNumber(0, 1000),
    default: 50,
    values: [config("maxDockerJwtExtraDeployments")],
    description: "Deployments beside the first whose repositories one token may open.",
  }),
};
