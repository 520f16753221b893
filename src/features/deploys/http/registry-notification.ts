import { z } from "zod";
import { releaseNameOf } from "../../registry";
import { InvalidInput } from "../../../kernel/errors";
import { cleanLine } from "../../../kernel/text";
import { isDeployable, type PushEvent } from "../domain/registry-push";

const MAX_EVENTS = 1_000;
const MAX_TEXT = 300;
/**
 * Of the texts in an event; the registry's own are far shorter. What is not shown is left out: a push must not be lost
 * because of a text that only tells of it.
 */
const short = z
  .string()
  .max(MAX_TEXT)
  .transform((text) => cleanLine(text, MAX_TEXT) ?? "");

/** The Distribution project's envelope of notifications, as far as it is used here. */
const Envelope = z.object({ events: z.array(z.unknown()).max(MAX_EVENTS) });

const Push = z.object({
  id: short.refine((id) => id !== ""),
  action: z.literal("push"),
  target: z.object({
    mediaType: z.string().refine((type) => type.includes("manifest") || type.includes("image.index")),
    repository: short,
    tag: z.string().regex(/^\w[\w.-]{0,127}$/),
    digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  }),
  request: z.object({ id: short, addr: short }).partial().optional(),
  actor: z.object({ name: short }).partial().optional(),
});

/**
 * The pushes of Deployments' images in a notification. Pulls, layers, other repositories, the images behind an index,
 * and whatever has another form are left out: the registry would send it again and again.
 * @throws InvalidInput if it is no notification at all
 */
export function pushesIn(body: unknown): PushEvent[] {
  const envelope = Envelope.safeParse(body);
  if (!envelope.success)
    throw new InvalidInput(
      "events",
      `has to be a list of at most ${MAX_EVENTS} notifications of the Distribution project's registry`,
    );
  return envelope.data.events.flatMap((event) => {
    const { success, data } = Push.safeParse(event);
    const releaseName = success ? releaseNameOf(data.target.repository) : null;
    if (data === undefined || releaseName === null || !isDeployable(data.target.tag)) return [];
    const { id, target, request, actor } = data;
    return [
      {
        eventId: id,
        releaseName,
        tag: target.tag,
        digest: target.digest,
        actorName: actor?.name ?? "",
        requestId: request?.id ?? id,
        address: hostOf(request?.addr ?? ""),
      },
    ];
  });
}

/** The address without the port that the client happened to have. */
const hostOf = (address: string): string => address.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
