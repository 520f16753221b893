// A process of its own, because the provider is published as ES modules with imports that Jest cannot take.
import { createServer } from "node:http";
import { generateKeyPairSync } from "node:crypto";
import Provider from "oidc-provider";

const { clientId, clientSecret, redirectUris, claimsInIdToken } = JSON.parse(process.argv[2]);
const people = new Map();

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const key = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" });
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        redirect_uris: redirectUris,
        response_types: ["code"],
        grant_types: ["authorization_code"],
        id_token_signed_response_alg: "ES256",
        ...(clientSecret === null ? { token_endpoint_auth_method: "none" } : { client_secret: clientSecret }),
      },
    ],
    jwks: { keys: [{ ...key, use: "sig", alg: "ES256" }] },
    cookies: { keys: ["not a secret"] },
    pkce: { required: () => true },
    conformIdTokenClaims: !claimsInIdToken,
    claims: {
      openid: ["sub"],
      email: ["email", "email_verified"],
      profile: ["name", "given_name", "family_name", "preferred_username"],
      groups: ["groups", "teams"],
    },
    findAccount: (_context, id) =>
      people.has(id) ? { accountId: id, claims: () => ({ sub: id, ...people.get(id) }) } : undefined,
    // Nobody is asked for consent: these people own the application.
    loadExistingGrant: async ({ oidc }) => {
      const grant = new provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
      grant.addOIDCScope([...oidc.requestParamScopes].join(" "));
      await grant.save();
      return grant;
    },
  });
  server.on("request", provider.callback());
  process.send({ issuer });
});

process.on("message", ({ subject, claims }) => {
  people.set(subject, claims);
  process.send({ known: subject });
});
process.on("disconnect", () => process.exit());
