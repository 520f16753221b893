import Busboy from "@fastify/busboy";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { PassThrough, type Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReceiveBundle } from "../../bundles";
import type { DeploymentReadModel } from "../../deployments";
import { DomainError, InvalidInput, Unavailable } from "../../../kernel/errors";
import type { Actor } from "../../../kernel/permissions";
import { UploadTooSlow, watchPace, type UploadLimits } from "../../../infrastructure/http/upload-pace";
import type { FailWaitingImage } from "../app/fail-waiting-image";
import type { RecordDagUpload } from "../app/record-dag-upload";
import { readSource, SOURCE_FIELDS, type DeploySource } from "../domain/deploy-source";
import { shortenDescription } from "../domain/new-revision";

const MAX_DESCRIPTION_BYTES = 16_000;
const MAX_FIELDS = 20;
/** How long we keep reading a refused upload, so that the client reads the error. */
const MAX_DRAIN_MS = 10_000;

export interface DagUploadRoutesOptions {
  readonly authenticate: (header: string | undefined, address: string) => Promise<Actor>;
  readonly deployments: DeploymentReadModel;
  readonly receive: ReceiveBundle;
  readonly record: RecordDagUpload;
  readonly failWaiting: FailWaitingImage;
  readonly limits: UploadLimits;
}

/**
 * `POST /<releaseName>/dags/upload` as the `astro` CLI and the platform's public documentation send it: the first
 * part with a file name is the archive, whatever its field is called, and the other fields come before or after it.
 * Returns 200 or, at once and before the file is taken in, why not; never a redirect.
 */
export function dagUploadRoutes(
  app: FastifyInstance,
  { authenticate, deployments, receive, record, failWaiting, limits }: DagUploadRoutesOptions,
): void {
  app.register(async (scope) => {
    // The body is left on the socket for the route to read as it comes.
    scope.addContentTypeParser("multipart/form-data", (_request, _body, done) => done(null));
    scope.post<{ Params: { releaseName: string } }>(
      "/:releaseName/dags/upload",
      { config: { deadline: false, body: "UPLOAD" } },
      async (request, reply) => {
        const { releaseName } = request.params;
        let caller: Actor | undefined;
        try {
          const admitted = async (): Promise<{ readonly actor: Actor; readonly deploymentId: string }> => {
            const known = await authenticate(request.headers.authorization, request.ip);
            const actor = { ...known, request: { id: request.id, address: request.ip } };
            caller = actor;
            const { id } = record.admit(actor, await deployments.findByReleaseName(releaseName));
            return { actor, deploymentId: id };
          };
          const { actor, deploymentId } = await admitted();
          const { archive, fields } = readForm(request, limits);
          const revision = await receive.execute(archive, {
            accept: async () => {
              const said = readFields(await fields);
              // The body may have taken long. A caller who was removed meanwhile leaves nothing in the store.
              await admitted();
              return said;
            },
            record: (stored, said) => record.execute({ actor, deploymentId, archive: stored, ...said }),
          });
          return await reply.send({
            revisionId: revision.id,
            number: revision.number,
            type: revision.type,
            status: revision.status,
            dagTarballVersion: revision.dagTarballVersion,
          });
        } catch (error) {
          // Before the answer: a client that reads it can rely on its image not being rolled out alone.
          if (caller !== undefined && isRefusal(error) && !request.socket.destroyed)
            await failWaiting.execute({ actor: caller, releaseName, reason: error.message });
          // A client that is too slow would be too slow for this as well.
          if (error instanceof UploadTooSlow) reply.header("connection", "close");
          else await takeInTheRest(request, reply);
          throw error;
        }
      },
    );
  });
}

/** Whether the error is final. Outages and bugs are retried. */
const isRefusal = (error: unknown): error is DomainError =>
  error instanceof DomainError && !(error instanceof Unavailable);

interface Form {
  /** Ends with an error where the form breaks off or holds no file. */
  readonly archive: Readable;
  /** Resolves once the form has been read to its end; rejects if it breaks off, even after a whole archive. */
  readonly fields: Promise<Fields>;
}

const TEXTS = ["description", ...SOURCE_FIELDS] as const;
type Fields = { readonly [K in (typeof TEXTS)[number]]?: string };

/** @throws InvalidInput that names the field */
const readFields = ({ description, ...source }: Fields): { description: string | null; source: DeploySource } => ({
  description: shortenDescription(description),
  source: readSource(source, ""),
});

/** @throws InvalidInput unless the request is a multipart form */
function readForm({ raw, headers }: FastifyRequest, limits: UploadLimits): Form {
  const contentType = headers["content-type"] ?? "";
  const archive = new PassThrough();
  const form = parserFor(contentType);
  const fields: { -readonly [K in keyof Fields]: Fields[K] } = {};
  let hasFile = false;
  form.on("field", (name, value) => {
    const known = TEXTS.find((text) => text === name);
    if (known !== undefined) fields[known] = value;
  });
  form.on("file", (_name, file) => {
    if (hasFile) return void file.resume();
    hasFile = true;
    pipeline(file, archive).catch(() => file.resume());
  });
  const slow = new Promise<never>((_resolve, reject) => {
    watchPace(raw, limits, (error) => {
      archive.destroy(error);
      reject(error);
    });
  });
  const arrived = pipeline(raw, form).then(
    () => {
      if (!hasFile) archive.destroy(new InvalidInput("file", "the form holds no file"));
      // The form's parser replaces bytes that are not valid in the part's charset by this character.
      const broken = TEXTS.find((name) => fields[name]?.includes("\uFFFD"));
      if (broken !== undefined) throw new InvalidInput(broken, "is not valid UTF-8");
      return fields;
    },
    (error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      const refused = new InvalidInput("file", `the form breaks off or is malformed (${reason})`);
      archive.destroy(refused);
      throw refused;
    },
  );
  const read = Promise.race([arrived, slow]);
  // Nobody may be waiting for this: the reader of the archive has met the same error.
  for (const promise of [arrived, slow, read]) promise.catch(() => undefined);
  return { archive, fields: read };
}

function parserFor(contentType: string): ReturnType<typeof Busboy> {
  try {
    return new Busboy({
      headers: { "content-type": contentType },
      limits: { fieldSize: MAX_DESCRIPTION_BYTES, fields: MAX_FIELDS, parts: MAX_FIELDS, fieldNameSize: 100 },
      // What has a file name is a file, whatever type it claims.
      isPartAFile: (_field, _type, fileName) => fileName !== undefined,
    });
  } catch (error) {
    throw new InvalidInput(
      "content-type",
      `${error instanceof Error ? error.message : "is malformed"}; send multipart/form-data with a boundary`,
    );
  }
}

/** A client reads the answer only when it has sent everything; one that sends for ever is cut off. */
async function takeInTheRest({ raw }: FastifyRequest, reply: FastifyReply): Promise<void> {
  reply.header("connection", "close");
  if (raw.readableEnded || raw.destroyed) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, MAX_DRAIN_MS);
    raw
      .once("close", resolve)
      .once("end", resolve)
      .once("error", () => resolve());
    raw.unpipe();
    raw.resume();
    raw.once("close", () => clearTimeout(timer)).once("end", () => clearTimeout(timer));
  });
}
