import { Arg, Resolver, Root, Subscription } from "type-graphql";
import type { GraphqlContext } from "../../../infrastructure/graphql/context";
import { Uuid } from "../../../infrastructure/graphql/scalars";
import { byStream, type StreamResolver } from "../../../infrastructure/graphql/streams";
import type { FollowRevisions } from "../app/follow-revisions";
import type { RevisionView } from "../app/ports";
import { DeployRevision, presentRevision } from "./deploy.types";

@Resolver()
export class RevisionChangesResolver implements StreamResolver {
  constructor(private readonly followRevisions: FollowRevisions) {}

  @Subscription(() => DeployRevision, {
    ...byStream,
    description:
      "The newest revision, if there is one, and from then on each change of status of any of the Deployment's revisions, over a WebSocket. " +
      "A history that is read after the first message misses none of the changes. A revision that changes twice " +
      "within a second may come once, as it is then. Requires deployment.deployRevisions.get, and ends with an error once that is gone.",
  })
  deployRevisionChanged(
    @Root() revision: RevisionView,
    @Arg("deploymentUuid", () => Uuid, { description: "Which Deployment." }) _deploymentId: string,
  ): DeployRevision {
    return presentRevision(revision);
  }

  readonly streams = {
    deployRevisionChanged: (
      { deploymentUuid }: { readonly deploymentUuid: string },
      context: GraphqlContext,
    ): Promise<AsyncIterable<RevisionView>> =>
      this.followRevisions.execute({ actor: () => context.actorNow(), deploymentId: deploymentUuid }),
  };
}
