import { Arg, Ctx, Int, Mutation, Query, Resolver } from "type-graphql";
import { presentDeployment } from "../../deployments/graphql";
import { DeployRevision, presentRevision } from "../../deploys/graphql";
import { Cost } from "../../../infrastructure/graphql/declared-costs";
import type { GraphqlContext } from "../../../infrastructure/graphql/context";
import { Uuid } from "../../../infrastructure/graphql/scalars";
import type { PlanRollback } from "../app/plan-rollback";
import type { RollbackDeploy } from "../app/rollback-deploy";
import type { UndoRollback } from "../app/undo-rollback";
import type { RollbackParts as RollbackPartsName } from "../domain/rollback-question";
import { UNCHANGED_BY_ROLLBACK } from "../domain/rollback-changes";
import { RollbackParts, RollbackPlan } from "./rollback.types";

@Resolver()
export class RollbackResolver {
  constructor(
    private readonly deps: {
      readonly plan: PlanRollback;
      readonly rollback: RollbackDeploy;
      readonly undo: UndoRollback;
    },
  ) {}

  @Cost(50)
  @Query(() => RollbackPlan, {
    description: "What a rollback would do, without doing it. Requires deployment.deployRevisions.get.",
  })
  async rollbackPlan(
    @Ctx() context: GraphqlContext,
    @Arg("deploymentUuid", () => Uuid, { description: "Which Deployment." }) deploymentId: string,
    @Arg("deployRevisionId", () => Uuid, {
      nullable: true,
      description: "The revision to go back to; lastKnownGood without it and without a number.",
    })
    revisionId?: string | null,
    @Arg("deployRevisionNumber", () => Int, {
      nullable: true,
      description: "The number of the revision to go back to, instead of its id.",
    })
    revisionNumber?: number | null,
    @Arg("parts", () => RollbackParts, {
      nullable: true,
      defaultValue: "ALL",
      description: "What of the target to restore; the rest stays as it runs.",
    })
    parts?: RollbackPartsName | null,
  ): Promise<RollbackPlan> {
    const plan = await this.deps.plan.execute(await context.actor(), deploymentId, {
      revisionId: revisionId || undefined,
      revisionNumber: revisionNumber ?? undefined,
      parts: parts ?? "ALL",
    });
    return {
      ...plan,
      deployment: presentDeployment(plan.deployment),
      from: presentRevision(plan.from),
      to: presentRevision(plan.to),
      allowed: plan.blockers.length === 0,
      skipped: plan.skipped.map(presentRevision),
      unchanged: UNCHANGED_BY_ROLLBACK,
    };
  }

  @Mutation(() => DeployRevision, {
    description:
      "Rolls back: records a new deploy of an earlier revision's content and rolls it out. Returns the new revision, INITIALIZED; follow it with deployRevision. Requires deployment.images.push.",
  })
  async rollbackDeploy(
    @Ctx() context: GraphqlContext,
    @Arg("deploymentUuid", () => Uuid, { description: "Which Deployment." }) deploymentId: string,
    @Arg("deployRevisionId", () => Uuid, {
      nullable: true,
      description:
        "The revision to go back to. Without it and without a number: lastKnownGood, or NO_TARGET where there is none.",
    })
    revisionId: string | null | undefined,
    @Arg("description", () => String, { description: "Why; 1 to 500 characters after trimming." }) description: string,
    @Arg("acknowledgeDataLoss", () => Boolean, {
      nullable: true,
      defaultValue: false,
      description: "Has to be true where the plan says that the database loses data.",
    })
    acknowledgeDataLoss: boolean | null,
    @Arg("expectedCurrentRevisionId", () => Uuid, {
      nullable: true,
      description: "Refuses with CONFLICT if another revision is current by now.",
    })
    expectedCurrentRevisionId?: string | null,
    @Arg("idempotencyKey", () => String, {
      nullable: true,
      description:
        "For 24 hours the same key with the same input answers the same revision; with other input it is refused.",
    })
    idempotencyKey?: string | null,
    @Arg("quarantine", () => Boolean, {
      nullable: true,
      defaultValue: false,
      description:
        "Also quarantines what is being rolled back, as far as the target does not have it as well, until it is lifted.",
    })
    quarantine?: boolean | null,
    @Arg("deployRevisionNumber", () => Int, {
      nullable: true,
      description: "The number of the revision to go back to, instead of its id.",
    })
    revisionNumber?: number | null,
    @Arg("parts", () => RollbackParts, {
      nullable: true,
      defaultValue: "ALL",
      description: "What of the target to restore; the rest stays as it runs.",
    })
    parts?: RollbackPartsName | null,
  ): Promise<DeployRevision> {
    const revision = await this.deps.rollback.execute({
      actor: await context.actor(),
      deploymentId,
      revisionId: revisionId || undefined,
      revisionNumber: revisionNumber ?? undefined,
      description,
      acknowledgeDataLoss: acknowledgeDataLoss ?? false,
      expectedCurrentRevisionId: expectedCurrentRevisionId || undefined,
      idempotencyKey: idempotencyKey || undefined,
      quarantine: quarantine ?? false,
      parts: parts ?? "ALL",
    });
    return presentRevision(revision);
  }

  @Mutation(() => DeployRevision, {
    description:
      "Undoes a rollback: rolls back to what ran before it, and lifts the quarantine that it made. CONFLICT if a newer revision came since. Requires deployment.images.push, and what liftQuarantine requires where there is one to lift.",
  })
  async undoRollback(
    @Ctx() context: GraphqlContext,
    @Arg("deployRevisionId", () => Uuid, { description: "The rollback." }) revisionId: string,
    @Arg("description", () => String, { description: "Why; 1 to 500 characters after trimming." }) description: string,
    @Arg("acknowledgeDataLoss", () => Boolean, {
      nullable: true,
      defaultValue: false,
      description: "Has to be true where the database loses data by it.",
    })
    acknowledgeDataLoss: boolean | null,
  ): Promise<DeployRevision> {
    const command = { actor: await context.actor(), revisionId, description };
    return presentRevision(
      await this.deps.undo.execute({ ...command, acknowledgeDataLoss: acknowledgeDataLoss ?? false }),
    );
  }
}
