import type { FastifyInstance, FastifyRequest } from "fastify";
import { TextDecoder } from "node:util";
import { DomainError, InvalidInput } from "../../kernel/errors";
import { inexactNumberIn, MAX_EXACT } from "./exact-numbers";

const MAX_SHOWN = 40;

/** The body is in a charset or a content encoding that is not accepted. */
export class UnsupportedEncoding extends DomainError {
  readonly code = "UNSUPPORTED_MEDIA_TYPE";
}

/**
 * Returns the body as text, decoded from the charset that its content type names, by default UTF-8.
 * @throws UnsupportedEncoding if the charset is unknown
 * @throws InvalidInput if the bytes are not valid in it. Replacing them would change the text that the client has sent.
 */
export function textOf(body: Buffer, contentType: string | undefined): string {
  const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(contentType ?? "")?.[1] ?? "utf-8";
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(charset, { fatal: true });
  } catch {
    throw new UnsupportedEncoding(`The charset ${JSON.stringify(charset.slice(0, MAX_SHOWN))} is unknown; send UTF-8`);
  }
  try {
    return decoder.decode(body);
  } catch {
    throw new InvalidInput("body", `is not valid ${decoder.encoding.toUpperCase()}; send UTF-8`);
  }
}

/** Parses bodies of these content types as JSON. Refuses bodies whose value would differ from what the client has sent. */
export function parseJsonBodies(app: FastifyInstance, contentType: string | RegExp): void {
  const parse = app.getDefaultJsonParser("error", "error");
  app.addContentTypeParser(contentType, { parseAs: "buffer" }, (request: FastifyRequest, body: Buffer, done) => {
    let text: string;
    try {
      text = textOf(body, request.headers["content-type"]);
      refuseInexactNumbers(text);
    } catch (error) {
      return done(error as Error);
    }
    void parse(request, text, (error, value) => done(error !== null && isJson(text) ? forbiddenKey() : error, value));
  });
}

/** @throws InvalidInput */
function refuseInexactNumbers(text: string): void {
  const number = inexactNumberIn(text);
  if (number === null) return;
  const shown = number.length > MAX_SHOWN ? `${number.slice(0, MAX_SHOWN)}…` : number;
  throw new InvalidInput(
    "body",
    `contains ${shown}, which would lose digits; send integers above ${MAX_EXACT} as text`,
  );
}

const forbiddenKey = (): InvalidInput =>
  new InvalidInput("body", "contains the key __proto__, or constructor.prototype, which is not accepted");

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
