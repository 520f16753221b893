import { config, setting } from "./setting";
import { listOfKeys } from "./value-kinds";

export const secrets = {
  encryptionKeys: setting({
    kind: listOfKeys,
    default: [],
    values: [config("secrets.encryptionKeys")],
    secret: "whole",
    description:
      "Keys for the secrets of Deployments, each 32 bytes in base64 (`openssl rand -base64 32`): the first one encrypts, all of them decrypt. Without any, an embedded installation makes one in its data folder, and others take no secrets.",
  }),
};
