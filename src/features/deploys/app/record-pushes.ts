import { parseActorName, type Account } from "../../access";
import { authorize, lockDeployment, type DeploymentReadModel } from "../../deployments";
import { NoImage, RegistryUnavailable, type ImageFacts, type PushedImages } from "../../registry";
import { parseAirflowVersion, parseRuntimeVersion, type PlatformVersions } from "../../runtimes";
import type { Clock } from "../../../kernel/clock";
import type { UnitOfWork } from "../../../kernel/unit-of-work";
import { DomainError, Forbidden, NotFound, Unauthenticated, Unavailable } from "../../../kernel/errors";
import { newId } from "../../../kernel/ids";
import type { Actor } from "../../../kernel/permissions";
import { ignoredPushLogLine } from "../domain/deploy-log";
import { auditedRevision } from "../domain/deploy-revision";
import { parseImage } from "../domain/image-reference";
import { cleanSource } from "../domain/deploy-source";
import { recordRefusal, shortenDescription } from "../domain/new-revision";
import { PUSH_IMAGE } from "../domain/permissions";
import { isOverruled, type RegistryPush } from "../domain/registry-push";
import { appendRefusal, loadHeadCurrentAndTarget } from "./append-revision";
import { DEPLOY_TASKS, type DeployStores, type OpenPushes } from "./ports";
import type { RecordDeploy } from "./record-deploy";

/** After more attempts than this the queue's own pauses would exceed a minute. */
const ATTEMPTS_IN_A_ROW = 5;
const LONGEST_PAUSE_MS = 50_000;

/** One at a time for a Deployment, and one for all of its pushes. */
export function addRecordPushesJob(outbox: DeployStores["outbox"], deploymentId: string, delayMs = 0): Promise<void> {
  const name = `pushes:${deploymentId}`;
  return outbox.add({ task: DEPLOY_TASKS.recordPushes, payload: { deploymentId }, queue: name, key: name, delayMs });
}

/** Only a push of an image by a caller who may deploy becomes a line of the history. An outage is waited for. */
const NEVER_IN_HISTORY = [NotFound, Forbidden, Unauthenticated, NoImage, Unavailable];

/** A push that can never become a deploy. */
class PushIgnored extends DomainError {
  readonly code = "PUSH_IGNORED";
}

/** Records as deploys what was pushed to the registry, in the order in which it was told. */
export class RecordPushes {
  constructor(
    private readonly deps: {
      readonly unitOfWork: UnitOfWork<DeployStores>;
      readonly deployments: Pick<DeploymentReadModel, "find">;
      readonly pushes: OpenPushes;
      readonly images: PushedImages;
      readonly actorOf: (account: Account) => Promise<Actor | null>;
      readonly record: RecordDeploy;
      readonly clock: Clock;
    },
  ) {}

  /**
   * All of a Deployment's pushes that are not dealt with yet. One that can never become a deploy is FAILED in the
   * history, or, where nobody who may deploy pushed an image, told in the logs only.
   * @throws RegistryUnavailable, leaving that push and those after it for the next time
   */
  async execute(deploymentId: string): Promise<void> {
    for (;;) {
      const push = await this.deps.pushes.next(deploymentId);
      if (push === null) return;
      try {
        await this.take(push);
      } catch (error) {
        if (!(error instanceof DomainError) || error instanceof Unavailable) throw error;
        const isRefusal = [NotFound, Forbidden, Unauthenticated].some((refusal) => error instanceof refusal);
        const reason = isRefusal ? "whoever pushed it may not deploy here by now" : error.message;
        await this.ignore(push, { reason, isImage: !(error instanceof NoImage) });
      }
    }
  }

  /**
   * Like `execute`, for the job: while the registry is unavailable the job is added again from time to time, so that
   * the backoff does not grow to hours.
   * @param attempt counts from 1
   */
  async executeAsJob(deploymentId: string, attempt: number): Promise<void> {
    try {
      await this.execute(deploymentId);
    } catch (error) {
      if (!(error instanceof RegistryUnavailable) || attempt < ATTEMPTS_IN_A_ROW) throw error;
      await this.deps.unitOfWork.run(({ outbox }) => addRecordPushesJob(outbox, deploymentId, LONGEST_PAUSE_MS));
    }
  }

  /** Like `execute`, for callers that go on in any case: pushes that cannot be read now are left to the job. */
  async catchUp(deploymentId: string): Promise<void> {
    await this.execute(deploymentId).catch((error: unknown) => {
      if (!(error instanceof RegistryUnavailable)) throw error;
    });
  }

  private async take(push: RegistryPush): Promise<void> {
    const account = await this.actorOf(push);
    const { releaseName } = authorize(account, await this.deps.deployments.find(push.deploymentId), PUSH_IMAGE);
    let facts: ImageFacts | null = null;
    try {
      facts = await this.deps.images.factsOf(releaseName, push.digest);
      if (facts === null) throw new PushIgnored("the registry does not hold it any more");
      await this.record(push, { account, facts });
    } catch (error) {
      if (!(error instanceof DomainError) || NEVER_IN_HISTORY.some((kind) => error instanceof kind)) throw error;
      await this.refuse(push, { account, facts, reason: error.message });
    }
  }

  private async record(
    push: RegistryPush,
    { account, facts }: { readonly account: Actor; readonly facts: ImageFacts },
  ): Promise<void> {
    const { unitOfWork, images, record } = this.deps;
    await unitOfWork.run(async (stores) => {
      const { deployment, actor } = await lockDeployment(stores, account, { id: push.deploymentId }, PUSH_IMAGE);
      if (!(await stores.pushes.close(push.id, "RECORDED"))) return;
      const { head } = await loadHeadCurrentAndTarget(stores, deployment);
      if (isOverruled(push, head)) throw new PushIgnored("something else was deployed before it could be recorded");
      const image = images.nameOf({ ...push, releaseName: deployment.releaseName });
      const description = shortenDescription(facts.description);
      const deploy = { ...facts, image, description, source: cleanSource(facts.source) };
      const { revision } = await record.recordWithin(stores, { actor, deployment, deploy, trigger: "REGISTRY_PUSH" });
      await stores.audit.add({
        actor,
        action: "deploy_revision.record",
        object: auditedRevision(revision, deployment),
        details: { image },
      });
    });
  }

  /** Nobody waits for an answer, so the history has to say that the push is not deployed. */
  private async refuse(
    push: RegistryPush,
    { account, facts, reason }: { readonly account: Actor; readonly facts: ImageFacts | null; readonly reason: string },
  ): Promise<void> {
    const { unitOfWork, images, clock } = this.deps;
    await unitOfWork.run(async (stores) => {
      const { deployment, actor } = await lockDeployment(stores, account, { id: push.deploymentId }, PUSH_IMAGE);
      if (!(await stores.pushes.close(push.id, "IGNORED"))) return;
      const image = images.nameOf({ ...push, releaseName: deployment.releaseName });
      const content = {
        ...parseImage(image),
        ...readableVersions(facts),
        dagDeploymentType: deployment.dagDeploymentType,
        dagTarballVersion: null,
      };
      const description = shortenDescription(facts?.description);
      const source = cleanSource(facts?.source);
      const recording = { id: newId(), onto: deployment, by: actor, at: clock(), description, source };
      const revision = recordRefusal(content, "REGISTRY_PUSH", { ...recording, reason });
      await appendRefusal(stores, { deployment, revision, reason });
      await stores.audit.add({
        actor,
        action: "deploy_revision.refuse",
        object: auditedRevision(revision, deployment),
        details: { image, reason },
      });
    });
  }

  private async actorOf({ actorName, requestId, address }: RegistryPush): Promise<Actor> {
    const account = parseActorName(actorName);
    const actor = account === null ? null : await this.deps.actorOf(account);
    if (actor === null) throw new PushIgnored("nobody is known by the name that it was pushed under");
    return { ...actor, request: { id: requestId, address } };
  }

  private async ignore(push: RegistryPush, why: { readonly reason: string; readonly isImage: boolean }): Promise<void> {
    const { unitOfWork, images, clock } = this.deps;
    await unitOfWork.run(async (stores) => {
      const deployment = await stores.deployments.lock(push.deploymentId);
      if (!(await stores.pushes.close(push.id, "IGNORED")) || deployment === null) return;
      const image = images.nameOf({ ...push, releaseName: deployment.releaseName });
      await stores.logs.add([ignoredPushLogLine(deployment, { image, ...why }, clock())]);
    });
  }
}

/** The labels as far as they are valid: they can contain any text. */
const readableVersions = (facts: ImageFacts | null): PlatformVersions => ({
  runtimeVersion: parseRuntimeVersion(facts?.runtimeVersion) === null ? null : (facts?.runtimeVersion ?? null),
  airflowVersion: parseAirflowVersion(facts?.airflowVersion) === null ? null : (facts?.airflowVersion ?? null),
});
