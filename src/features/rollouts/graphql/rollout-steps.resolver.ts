import DataLoader from "dataloader";
import { Ctx, Field, FieldResolver, Int, ObjectType, Resolver, Root } from "type-graphql";
import { groupBy } from "../../../infrastructure/graphql/batching";
import { MaxItems } from "../../../infrastructure/graphql/declared-costs";
import { perRequest, type GraphqlContext } from "../../../infrastructure/graphql/context";
import { describedEnum } from "../../../infrastructure/graphql/described-enum";
import { DateTime } from "../../../infrastructure/graphql/scalars";
import type { Instant } from "../../../kernel/instant";
import { DeployRevision } from "../../deploys/graphql";
import type { RolloutStepStore } from "../app/ports";
import { MAX_STEPS, STEP_STATUSES, type RolloutStep as Step, type StepStatus } from "../domain/rollout-step";

const RolloutStepStatus = describedEnum(STEP_STATUSES, {
  name: "RolloutStepStatus",
  description: "Where a step of a rollout stands. All but RUNNING are final.",
  valuesConfig: {
    RUNNING: { description: "It has begun." },
    SUCCEEDED: { description: "It is done." },
    FAILED: { description: "It ended with an error, and so did the attempt." },
    ABORTED: {
      description:
        "The attempt was called off: a newer revision took over, the deploy was cancelled, or the process stops.",
    },
  },
});

@ObjectType({ simpleResolvers: true, description: "One step of a revision's latest rollout attempt." })
class RolloutStep {
  @Field(() => Int, { description: "1, 2, 3 … in the order in which the steps began." })
  position: number;

  @Field(() => String, { description: "As the driver calls it, such as UNPACK_DAGS." })
  name: string;

  @Field(() => RolloutStepStatus, { description: "Where it stands." })
  status: StepStatus;

  @Field(() => String, { nullable: true, description: "Why it is FAILED or ABORTED." })
  message: string | null;

  @Field(() => DateTime, { description: "When it began." })
  startedAt: Instant;

  @Field(() => DateTime, { nullable: true, description: "When it ended; null while it is RUNNING." })
  finishedAt: Instant | null;
}

/** The steps of the rollout, as a field of each revision. */
@Resolver(() => DeployRevision)
export class RolloutStepsResolver {
  private readonly loader: (context: GraphqlContext) => DataLoader<string, Step[]>;

  constructor(steps: Pick<RolloutStepStore, "ofRevisions">) {
    this.loader = perRequest(
      () => new DataLoader(async (ids) => groupBy(ids, await steps.ofRevisions(ids), ({ revisionId }) => revisionId)),
    );
  }

  @MaxItems(MAX_STEPS)
  @FieldResolver(() => [RolloutStep], {
    description:
      "The steps of its latest rollout attempt, in order. Empty before the first attempt, and for revisions of versions that kept none.",
  })
  async steps(@Root() { record }: DeployRevision, @Ctx() context: GraphqlContext): Promise<Step[]> {
    const steps = await this.loader(context).load(record.id);
    return record.status === "INITIALIZED" ? steps : steps.map(ended);
  }
}

/** A finished revision has no running step: one without an end belongs to a process that died. */
const ended = (step: Step): Step => (step.status === "RUNNING" ? { ...step, status: "ABORTED" } : step);
