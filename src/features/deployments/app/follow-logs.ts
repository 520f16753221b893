import type { LogEntry, LogFilter, LogTails } from "../../logs";
import type { AccessWatch } from "../../../kernel/access-watch";
import type { Clock } from "../../../kernel/clock";
import { isId } from "../../../kernel/ids";
import { LiveStream } from "../../../kernel/live-stream";
import type { Instant } from "../../../kernel/instant";
import type { Actor } from "../../../kernel/permissions";
import { authorize, DEPLOYMENT_PERMISSIONS } from "../domain/access";
import type { Deployment } from "../domain/deployment";

export interface FollowLogsCommand {
  /** Who reads, as of now. @throws Unauthenticated once the session has ended */
  readonly actor: () => Promise<Actor>;
  readonly deploymentId: string;
  /** Without it: from now on. */
  readonly since?: Instant;
  readonly filter: Pick<LogFilter, "component" | "text">;
}

/** The log of a Deployment line by line, for as long as its reader may read it and the Deployment is there. */
export class FollowLogs {
  constructor(
    private readonly deps: {
      readonly find: (id: string) => Promise<Deployment | null>;
      readonly tails: LogTails;
      readonly watch: AccessWatch;
      readonly clock: Clock;
    },
  ) {}

  /**
   * @throws NotFound if there is no such Deployment or the actor may not see it
   * @throws Forbidden without the permission; the stream throws the same once it is so
   */
  async execute({
    actor,
    deploymentId: givenId,
    since,
    filter,
  }: FollowLogsCommand): Promise<AsyncGenerator<LogEntry, void, undefined>> {
    const { tails, watch, clock } = this.deps;
    const authorized = async (): Promise<{ readonly reader: Actor; readonly deployment: Deployment }> => {
      const reader = await actor();
      const found = isId(givenId) ? await this.deps.find(givenId) : null;
      return { reader, deployment: authorize(reader, found, DEPLOYMENT_PERMISSIONS.readLogs) };
    };
    const { reader, deployment } = await authorized();
    const { id: deploymentId, releaseName, workspaceId, createdAt: deploymentCreatedAt } = deployment;
    const from = since ?? clock();
    return new LiveStream(
      (signal) =>
        tails.follow(
          { deploymentId, releaseName, workspaceId, deploymentCreatedAt, ...filter },
          from,
          reader.id,
          signal,
        ),
      {
        check: async () => void (await authorized()),
        watch,
      },
    );
  }
}
