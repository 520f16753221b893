import { Field, ID, Int, ObjectType } from "type-graphql";
import { DagDeploymentType } from "../../deployments/graphql";
import type { DagDeploymentType as DagDeploymentTypeName } from "../../deployments";
import type { Instant } from "../../../kernel/instant";
import { Actor } from "../../../infrastructure/graphql/actor.types";
import { describedEnum } from "../../../infrastructure/graphql/described-enum";
import { DateTime } from "../../../infrastructure/graphql/scalars";
import {
  DEPLOY_STATUSES,
  DEPLOY_TRIGGERS,
  DEPLOY_TYPES,
  imageReference,
  type DeployStatus as DeployStatusName,
  type DeployTrigger as DeployTriggerName,
  type DeployType as DeployTypeName,
} from "../domain/deploy-revision";
import { hasSource } from "../domain/deploy-source";
import type { RevisionView } from "../app/ports";

export const DeployType = describedEnum(DEPLOY_TYPES, {
  name: "DeployType",
  description: "What one deploy changed.",
  valuesConfig: {
    IMAGE_AND_DAG: { description: "The image and the DAGs, which are in the image or came with it." },
    IMAGE_ONLY: { description: "The image; uploaded DAGs stayed." },
    DAG_ONLY: { description: "The DAG bundle; the image stayed." },
  },
});

export const DeployStatus = describedEnum(DEPLOY_STATUSES, {
  name: "DeployStatus",
  description: "Where a deploy stands. All but INITIALIZED are final.",
  valuesConfig: {
    INITIALIZED: { description: "Recorded, and not rolled out yet." },
    DEPLOYED: { description: "Rolled out." },
    FAILED: { description: "Could not be rolled out, or was pushed and refused; what ran before still runs." },
    SUPERSEDED: {
      description: "A later deploy or rollback took its place before it was finished, or it was cancelled.",
    },
  },
});

export const DeployTrigger = describedEnum(DEPLOY_TRIGGERS, {
  name: "DeployTrigger",
  description: "How a deploy reached the platform.",
  valuesConfig: {
    IMAGE_ENDPOINT: { description: "Through updateDeploymentImage." },
    REGISTRY_PUSH: { description: "By a push to the built-in registry." },
    DAG_UPLOAD: { description: "By an upload of DAGs." },
    UPSERT: { description: "Through upsertDeployment." },
    ROLLBACK: { description: "Through rollbackDeploy." },
  },
});

@ObjectType({
  simpleResolvers: true,
  description: "Where what was deployed came from, as whoever deployed it said.",
})
export class DeploySource {
  @Field(() => String, { nullable: true, description: "The commit." })
  commit: string | null;

  @Field(() => String, { nullable: true, description: "The branch." })
  branch: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Of the pipeline's run, the pull request or the repository; begins with http:// or https://.",
  })
  url: string | null;

  @Field(() => String, { nullable: true, description: "Who wrote the change." })
  author: string | null;
}

@ObjectType({
  description: "One line of a Deployment's deploy history: a full snapshot of what a deploy put in place.",
})
export class DeployRevision {
  constructor(readonly record: RevisionView) {}

  @Field(() => ID, { simple: true, description: "The revision's id." })
  get id(): string {
    return this.record.id;
  }

  @Field(() => Int, { simple: true, description: "1, 2, 3 … within the Deployment, without gaps, never given twice." })
  get number(): number {
    return this.record.number;
  }

  @Field(() => DeployType, { simple: true, description: "What it changed." })
  get type(): DeployTypeName {
    return this.record.type;
  }

  @Field(() => DeployStatus, { simple: true, description: "Where it stands." })
  get status(): DeployStatusName {
    return this.record.status;
  }

  @Field(() => String, {
    simple: true,
    nullable: true,
    description: "Why it is FAILED or SUPERSEDED; while INITIALIZED, why it waits or why the last attempt failed.",
  })
  get statusReason(): string | null {
    return this.record.statusReason;
  }

  @Field(() => DeployTrigger, { simple: true, description: "How it reached the platform." })
  get trigger(): DeployTriggerName {
    return this.record.trigger;
  }

  @Field(() => String, { simple: true, nullable: true, description: "What whoever deployed it said about it." })
  get description(): string | null {
    return this.record.description;
  }

  @Field(() => String, {
    simple: true,
    nullable: true,
    description: "The full image reference: repository:tag, with @digest where it is known.",
  })
  get image(): string | null {
    return imageReference(this.record);
  }

  @Field(() => String, {
    simple: true,
    nullable: true,
    description: "The image's repository, with the registry's host.",
  })
  get imageRepository(): string | null {
    return this.record.imageRepository;
  }

  @Field(() => String, {
    simple: true,
    nullable: true,
    description: "The image's tag; null where it was named by digest alone.",
  })
  get imageTag(): string | null {
    return this.record.imageTag;
  }

  @Field(() => String, {
    simple: true,
    nullable: true,
    description: "The image's digest, sha256:…; null where it was not given.",
  })
  get imageDigest(): string | null {
    return this.record.imageDigest;
  }

  @Field(() => String, {
    simple: true,
    nullable: true,
    description: "The Runtime in the image; null where it holds an Airflow without Runtime.",
  })
  get runtimeVersion(): string | null {
    return this.record.runtimeVersion;
  }

  @Field(() => String, {
    simple: true,
    nullable: true,
    description: "The Airflow in the image, inside a Runtime too; null where nobody knows.",
  })
  get airflowVersion(): string | null {
    return this.record.airflowVersion;
  }

  @Field(() => DagDeploymentType, { simple: true, description: "How DAGs reached the Deployment with it." })
  get dagDeploymentType(): DagDeploymentTypeName {
    return this.record.dagDeploymentType;
  }

  @Field(() => String, {
    simple: true,
    nullable: true,
    description: "The DAG bundle that is live with it; null where DAGs come from the image.",
  })
  get dagTarballVersion(): string | null {
    return this.record.dagTarballVersion;
  }

  @Field(() => Actor, { simple: true, description: "Who deployed it." })
  get createdBy(): Actor {
    return { id: this.record.actorId, type: this.record.actorType, label: this.record.actorLabel };
  }

  @Field(() => DateTime, { simple: true, description: "When it was recorded." })
  get createdAt(): Instant {
    return this.record.createdAt;
  }

  @Field(() => DateTime, { simple: true, description: "When its status last changed." })
  get updatedAt(): Instant {
    return this.record.updatedAt;
  }

  @Field(() => DateTime, { simple: true, nullable: true, description: "When it reached a final status." })
  get finishedAt(): Instant | null {
    return this.record.finishedAt;
  }

  @Field(() => Boolean, { simple: true, description: "Whether it is what the Deployment runs now." })
  get isCurrent(): boolean {
    return this.record.isCurrent;
  }

  @Field(() => Boolean, { simple: true, description: "Whether it came from rollbackDeploy." })
  get isRollback(): boolean {
    return this.record.trigger === "ROLLBACK";
  }

  @Field(() => ID, {
    simple: true,
    nullable: true,
    description: "On a rollback: the revision whose content it restored, even if that line is gone by now.",
  })
  get rollbackFromId(): string | null {
    return this.record.rollbackFromId;
  }

  @Field(() => ID, {
    simple: true,
    nullable: true,
    description: "On a rollback: the revision that ran when it was triggered.",
  })
  get rolledBackId(): string | null {
    return this.record.rolledBackId;
  }

  @Field(() => DeploySource, {
    simple: true,
    nullable: true,
    description:
      "The commit, branch, link and author of what it put in place, on a rollback those of its target; null where none was given.",
  })
  get source(): DeploySource | null {
    const { record } = this;
    if (!hasSource(record)) return null;
    const { sourceCommit: commit, sourceBranch: branch, sourceUrl: url, sourceAuthor: author } = record;
    return { commit, branch, url, author };
  }

  @Field(() => Boolean, {
    simple: true,
    description: "Whether it is kept from the clean-up and never expires as a target, by pinDeployRevision.",
  })
  get pinned(): boolean {
    return this.record.pinned;
  }
}

/** The source object for everything that resolves on a revision; a field costs nothing unless it is selected. */
export const presentRevision = (record: RevisionView): DeployRevision => new DeployRevision(record);
