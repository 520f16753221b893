import { authorize, type Deployment } from "../../deployments";
import type { AccessWatch } from "../../../kernel/access-watch";
import { isId } from "../../../kernel/ids";
import { LiveStream } from "../../../kernel/live-stream";
import type { Actor } from "../../../kernel/permissions";
import type { DeployRevision } from "../domain/deploy-revision";
import { positionAt } from "../domain/history-position";
import { READ_HISTORY } from "../domain/permissions";
import type { RevisionChanges, RevisionReadModel, RevisionView } from "./ports";

export interface FollowRevisionsCommand {
  /** Who reads, as of now. @throws Unauthenticated once the session has ended */
  readonly actor: () => Promise<Actor>;
  readonly deploymentId: string;
}

/**
 * The newest revision, then each change of status in a Deployment's history, for as long as its reader may read it. A reader
 * who asks for the history after that first revision has come misses nothing.
 */
export class FollowRevisions {
  constructor(
    private readonly deps: {
      readonly readModel: Pick<RevisionReadModel, "historyStates">;
      readonly changes: RevisionChanges;
      readonly watch: AccessWatch;
    },
  ) {}

  /**
   * @throws NotFound if there is no such Deployment or the actor may not see it
   * @throws Forbidden without the permission; the stream throws the same once it is so
   */
  async execute({
    actor,
    deploymentId,
  }: FollowRevisionsCommand): Promise<AsyncGenerator<RevisionView, void, undefined>> {
    const { readModel, changes, watch } = this.deps;
    const authorized = async (): Promise<{
      readonly reader: Actor;
      readonly deployment: Deployment;
      readonly head: DeployRevision | null;
    }> => {
      const reader = await actor();
      const [state] = isId(deploymentId) ? await readModel.historyStates([deploymentId]) : [];
      return {
        reader,
        deployment: authorize(reader, state?.deployment ?? null, READ_HISTORY),
        head: state?.head ?? null,
      };
    };
    const { reader, deployment, head } = await authorized();
    const position = positionAt(deployment, head);
    const newest = head === null ? [] : [{ ...head, isCurrent: head.id === deployment.currentRevisionId }];
    const follow = async function* (signal: AbortSignal): AsyncGenerator<RevisionView, void, undefined> {
      yield* newest;
      yield* changes.follow(deployment.id, position, reader.id, signal);
    };
    return new LiveStream(follow, {
      check: async () => void (await authorized()),
      watch,
    });
  }
}
