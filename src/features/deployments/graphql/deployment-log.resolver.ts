import { Arg, Ctx, Query, Resolver, Root, Subscription } from "type-graphql";
import { componentNamed, type LogEntry } from "../../logs";
import { DeploymentLog } from "../../logs/graphql";
import { MaxItems } from "../../../infrastructure/graphql/declared-costs";
import type { Instant } from "../../../kernel/instant";
import type { GraphqlContext } from "../../../infrastructure/graphql/context";
import { DateTime, Uuid } from "../../../infrastructure/graphql/scalars";
import { byStream, type StreamResolver } from "../../../infrastructure/graphql/streams";
import type { DeploymentQueries } from "../app/deployment-queries";
import type { FollowLogs } from "../app/follow-logs";

const COMPONENT = {
  nullable: true,
  description:
    "Only this one: webserver, scheduler, worker (or workers), triggerer, git-sync-relay, dag-server, airflow-downgrade, deploy-rollback … " +
    "An empty text means all of them.",
};
const SEARCH = {
  nullable: true,
  description: "Only lines that hold this text, in either case. An empty text means all of them.",
};

interface LogArgs {
  readonly deploymentUuid: string;
  readonly component?: string | null;
  readonly timestamp?: Instant | null;
  readonly search?: string | null;
}

@Resolver()
export class DeploymentLogResolver implements StreamResolver {
  constructor(
    private readonly queries: DeploymentQueries,
    private readonly followLogs: FollowLogs,
  ) {}

  @MaxItems(1_000)
  @Query(() => [DeploymentLog], {
    nullable: true,
    description: "Log lines of a Deployment, oldest first, the newest thousand at most. Requires deployment.logs.get.",
  })
  async logs(
    @Ctx() context: GraphqlContext,
    @Arg("deploymentUuid", () => Uuid, { description: "Which Deployment." }) deploymentId: string,
    @Arg("component", () => String, COMPONENT) component?: string | null,
    @Arg("timestamp", () => DateTime, { nullable: true, description: "Only from this instant on." })
    since?: Instant | null,
    @Arg("search", () => String, SEARCH) text?: string | null,
  ): Promise<DeploymentLog[]> {
    return this.queries.logs(await context.actor(), {
      deploymentId,
      ...filterOf(component, text),
      ...(since && { since }),
    });
  }

  @Subscription(() => DeploymentLog, {
    ...byStream,
    nullable: true,
    description:
      "Log lines of a Deployment from the instant on, then each new one as it appears, over a WebSocket. Takes " +
      "deployment.logs.get, and ends with an error once that is gone.",
  })
  log(
    @Root() line: LogEntry,
    @Ctx() { printsVerbatim }: GraphqlContext,
    @Arg("deploymentUuid", () => Uuid, { description: "Which Deployment." }) _deploymentId: string,
    @Arg("component", () => String, COMPONENT) _component?: string | null,
    @Arg("timestamp", () => DateTime, { nullable: true, description: "From this instant on; without it, from now on." })
    _since?: Instant | null,
    @Arg("search", () => String, SEARCH) _text?: string | null,
  ): DeploymentLog {
    return printsVerbatim && !line.message.endsWith("\n") ? { ...line, message: `${line.message}\n` } : line;
  }

  readonly streams = {
    log: (
      { deploymentUuid, component, timestamp, search }: LogArgs,
      context: GraphqlContext,
    ): Promise<AsyncIterable<LogEntry>> =>
      this.followLogs.execute({
        actor: () => context.actorNow(),
        deploymentId: deploymentUuid,
        ...(timestamp && { since: timestamp }),
        filter: filterOf(component, search),
      }),
  };
}

function filterOf(
  component: string | null | undefined,
  text: string | null | undefined,
): { component?: string; text?: string } {
  const named = componentNamed(component);
  return { ...(named !== null && { component: named }), ...(text && { text }) };
}
