import { reconcileJob, type Deployment } from "../../deployments";
import type { Clock } from "../../../kernel/clock";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import { Unavailable } from "../../../kernel/errors";
import {
  dagsOf,
  deployLogLine,
  type DeployEvent,
  type DeployRevision,
  addApplyJob,
  nothingPending,
  type DeployStores,
  type DefaultRepositories,
  type LiveDags,
  type RevisionReadModel,
} from "../../deploys";
import { releaseStateOf } from "../domain/release-of-revision";
import type { ReleaseState } from "../domain/release-state";
import type { RolloutMetrics, RolloutStepStore } from "./ports";
import { reasonOf } from "./reason";
import { RolloutRejected, TargetAhead, type RolloutDriver, type RolloutOutcome } from "./rollout-driver";
import type { ReadSecrets } from "./read-secrets";
import { StepRecorder } from "./step-recorder";

const MAX_BACK_OFF_MS = 60_000;
const LOOK_FOR_NEWER_EVERY_MS = 1_000;

interface Rollout {
  readonly deployment: Deployment;
  readonly revision: DeployRevision;
}

/** The input of an attempt, as it was when the attempt began. */
interface Attempt {
  readonly deployment: Deployment;
  readonly from: ReleaseState | null;
  readonly to: ReleaseState;
}

/**
 * Rolls one revision out. The Deployment is locked only in short steps before and after; each step checks again whether
 * the revision is still the newest and unfinished, so a rollout that was overtaken, killed, or started twice does no
 * harm.
 */
export class ApplyRevision {
  constructor(
    private readonly deps: {
      readonly unitOfWork: UnitOfWork<DeployStores>;
      readonly readModel: RevisionReadModel;
      readonly driver: RolloutDriver;
      readonly steps: RolloutStepStore;
      readonly secretsOf: ReadSecrets;
      readonly repositories: DefaultRepositories;
      readonly clock: Clock;
      /** Failed attempts after which a revision is FAILED. */
      readonly attempts: number;
      /** How long an outage of a dependency may last before the revision is FAILED. Outages cost no attempts. */
      readonly outageMs: number;
      readonly metrics: RolloutMetrics;
    },
  ) {}

  async execute(revisionId: string, signal: AbortSignal): Promise<void> {
    const attempt = await this.inStep(revisionId, async (stores, { deployment, revision }) => {
      await this.started(stores, deployment, revision);
      return this.attemptFor(stores, deployment, revision);
    });
    if (attempt === null) return;
    try {
      // A newer revision has overtaken it, and the next step finds nothing to do.
      if ((await this.drive(attempt, signal)) === "overtaken") throw new TargetAhead(attempt.to.releaseName);
    } catch (error) {
      // The process is stopping. This is no failure: the queue gives the job to another process.
      if (signal.aborted) throw error;
      await this.failed(revisionId, error);
      return;
    }
    await this.deployed(revisionId, attempt.to);
  }

  private async attemptFor(stores: DeployStores, deployment: Deployment, revision: DeployRevision): Promise<Attempt> {
    const { currentRevisionId } = deployment;
    const [installation, [current]] = await Promise.all([
      stores.installation.current(),
      currentRevisionId === null ? [] : stores.revisions.findMany(deployment.id, [currentRevisionId]),
    ]);
    const stateOf = async (of: DeployRevision, dags: LiveDags): Promise<ReleaseState> => {
      const { dagTarballVersion: version } = dags;
      const bundle = version === null ? null : await stores.bundles.find(deployment.id, version);
      return releaseStateOf(deployment, of, { installation, dags, bundle, repositories: this.deps.repositories });
    };
    return {
      deployment,
      from: current === undefined ? null : await stateOf(current, deployment),
      to: await stateOf(revision, dagsOf(deployment, revision)),
    };
  }

  private async started(stores: DeployStores, deployment: Deployment, revision: DeployRevision): Promise<void> {
    // An outage can take hundreds of attempts, so only its start is logged.
    if (revision.outageSince !== null) return;
    // The revision no longer waits for DAGs. The reason of a failed attempt stays until the next one ends.
    if (revision.rolloutFailures === 0 && revision.statusReason !== null)
      await stores.revisions.update(revision.id, { statusReason: null });
    await this.tell(stores, deployment, revision, { event: "rollout_started" });
  }

  /** Hands the change to the driver, and gives up as soon as a newer revision is there. */
  private async drive({ deployment, from, to }: Attempt, stopped: AbortSignal): Promise<RolloutOutcome> {
    const { readModel, driver, steps: store, secretsOf, metrics, clock } = this.deps;
    const overtaken = new AbortController();
    const watch = setInterval(() => {
      void readModel.findMany([to.revisionId]).then(
        ([revision]) => {
          if (revision?.status !== "INITIALIZED")
            overtaken.abort(new Error("a newer revision took over, or the deploy was cancelled"));
        },
        () => undefined,
      );
    }, LOOK_FOR_NEWER_EVERY_MS);
    const signal = AbortSignal.any([stopped, overtaken.signal]);
    const { revisionId } = to;
    const steps = new StepRecorder({ store, metrics, clock }, { revisionId, driver: driver.name, signal });
    try {
      const outcome = await driver.apply({ from, to, steps, secrets: () => secretsOf(deployment) }, signal);
      await steps.written();
      return outcome;
    } finally {
      clearInterval(watch);
      // Before the attempt's end is recorded, because steps of a finished revision are no longer written.
      await steps.written().catch(() => undefined);
    }
  }

  private async deployed(revisionId: string, applied: ReleaseState): Promise<void> {
    await this.inStep(revisionId, async (stores, { deployment, revision }) => {
      const dags = dagsOf(deployment, revision);
      // DAGs were added, or the mechanism was changed meanwhile: another attempt is needed.
      if (
        dags.dagTarballVersion !== applied.dagTarballVersion ||
        dags.dagDeploymentType !== applied.dagDeploymentType
      ) {
        return addApplyJob(stores.outbox, revision);
      }
      const at = this.deps.clock();
      await stores.revisions.update(revision.id, {
        status: "DEPLOYED",
        statusReason: null,
        outageSince: null,
        updatedAt: at,
        finishedAt: at,
      });
      await stores.deployments.update(deployment.id, {
        currentRevisionId: revision.id,
        runtimeVersion: revision.runtimeVersion,
        airflowVersion: revision.runtimeVersion === null ? revision.airflowVersion : null,
        ...dags,
        ...nothingPending(deployment, revision),
        updatedAt: at,
      });
      await this.tell(stores, deployment, revision, { event: "deployed" });
      this.finished(revision, "DEPLOYED", at);
    });
  }

  private async failed(revisionId: string, error: unknown): Promise<void> {
    const reason = reasonOf(error);
    await this.inStep(revisionId, async (stores, { deployment, revision }) => {
      const at = this.deps.clock();
      if (error instanceof Unavailable && (await this.waits(stores, { deployment, revision }, { reason, at }))) return;
      const rolloutFailures = revision.rolloutFailures + 1;
      if (!isFinal(error) && rolloutFailures < this.deps.attempts) {
        await stores.revisions.update(revision.id, {
          rolloutFailures,
          statusReason: reason,
          outageSince: null,
          updatedAt: at,
        });
        await this.tell(stores, deployment, revision, {
          event: "rollout_attempt_failed",
          failure: rolloutFailures,
          reason,
        });
        await addApplyJob(stores.outbox, revision, Math.min(1_000 * 2 ** (rolloutFailures - 1), MAX_BACK_OFF_MS));
        return;
      }
      await stores.revisions.update(revision.id, {
        status: "FAILED",
        statusReason: reason,
        rolloutFailures,
        outageSince: null,
        updatedAt: at,
        finishedAt: at,
      });
      await stores.deployments.update(deployment.id, { ...nothingPending(deployment, revision), updatedAt: at });
      await this.tell(stores, deployment, revision, { event: "failed", reason });
      // An older rollout that was overtaken may have left its files behind, so the current content is put back.
      await stores.outbox.add(reconcileJob(deployment.id));
      this.finished(revision, "FAILED", at);
    });
  }

  /** Keeps the revision waiting during an outage. False once the outage has lasted too long. */
  private async waits(
    stores: DeployStores,
    { deployment, revision }: Rollout,
    { reason, at }: { reason: string; at: string },
  ): Promise<boolean> {
    const outageSince = revision.outageSince ?? at;
    const lastedMs = Math.max(0, Date.parse(at) - Date.parse(outageSince));
    if (lastedMs >= this.deps.outageMs) return false;
    await stores.revisions.update(revision.id, { outageSince, statusReason: reason, updatedAt: at });
    if (revision.outageSince === null)
      await this.tell(stores, deployment, revision, { event: "rollout_waits", reason });
    // Waits as long as the outage has lasted: 1, 2, 4 … seconds.
    await addApplyJob(stores.outbox, revision, Math.min(Math.max(lastedMs, 1_000), MAX_BACK_OFF_MS));
    return true;
  }

  /**
   * Runs the work under the Deployment's lock. Returns null without running it if the revision is no longer the newest
   * and unfinished.
   */
  private async inStep<T>(
    revisionId: string,
    work: (stores: DeployStores, rollout: Rollout) => Promise<T>,
  ): Promise<T | null> {
    return this.deps.unitOfWork.run(async (stores) => {
      const found = await stores.revisions.find(revisionId);
      const deployment = found === null ? null : await stores.deployments.lock(found.deploymentId);
      if (deployment === null || deployment.headRevisionId !== revisionId) return null;
      const revision = await stores.revisions.find(revisionId);
      return revision?.status === "INITIALIZED" ? work(stores, { deployment, revision }) : null;
    });
  }

  private tell(
    { logs }: DeployStores,
    deployment: Deployment,
    revision: DeployRevision,
    event: DeployEvent,
  ): Promise<void> {
    return logs.add([deployLogLine(deployment, revision, event, this.deps.clock())]);
  }

  private finished(revision: DeployRevision, status: "DEPLOYED" | "FAILED", at: string): void {
    this.deps.metrics.rolloutFinished(status, (Date.parse(at) - Date.parse(revision.createdAt)) / 1000);
  }
}

/** A rejected state, and an outage that has lasted too long, are not retried. */
const isFinal = (error: unknown): boolean => error instanceof RolloutRejected || error instanceof Unavailable;
