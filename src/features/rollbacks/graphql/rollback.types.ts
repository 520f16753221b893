import { Field, ObjectType } from "type-graphql";
import { DagDiff } from "../../bundles/graphql";
import { Deployment } from "../../deployments/graphql";
import { ROLLBACK_ISSUE_CODES, type RollbackIssueCode as RollbackIssueCodeName } from "../domain/rollback-issues";
import { ROLLBACK_PARTS, type RollbackParts as RollbackPartsName } from "../domain/rollback-question";
import { DeployRevision } from "../../deploys/graphql";
import { describedEnum } from "../../../infrastructure/graphql/described-enum";
import { MaxItems } from "../../../infrastructure/graphql/declared-costs";

const RollbackIssueCode = describedEnum(ROLLBACK_ISSUE_CODES, {
  name: "RollbackIssueCode",
  description: "Why a rollback is not allowed, or what to mind about it.",
  valuesConfig: {
    ROLLBACK_DISABLED_FOR_INSTALLATION: { description: "Blocks: rollbacks are off for the installation." },
    DAG_ONLY_DEPLOYMENT_DISABLED: { description: "Blocks: DAG-only deploys are off for the installation." },
    UPDATE_IMAGE_ENDPOINT_DISABLED: { description: "Blocks: updateDeploymentImage is off for the installation." },
    ROLLBACK_DISABLED_FOR_DEPLOYMENT: { description: "Blocks: the Deployment's own switch is off." },
    PERMISSION_DENIED: { description: "Blocks: the caller may not push images." },
    DAG_DEPLOYMENT_TYPE_UNSUPPORTED: { description: "Blocks: the Deployment's DAGs come from git or a volume." },
    RUNTIME_TOO_OLD: { description: "Blocks: what runs is older than Runtime 5.0.0 (Airflow 2.3.0)." },
    TARGET_DAG_DEPLOYMENT_TYPE_UNSUPPORTED: { description: "Blocks: the target's DAGs came from git or a volume." },
    TARGET_RUNTIME_TOO_OLD: {
      description: "Blocks: the target is older than Runtime 5.0.0 (Airflow 2.3.0), or on the other side of Airflow 3.",
    },
    TARGET_NOT_DEPLOYED: { description: "Blocks: the target was never rolled out." },
    TARGET_IS_CURRENT: { description: "Blocks: the target's content runs already, or is just being rolled out." },
    TARGET_EXPIRED: { description: "Blocks: the target is older than rollbacks reach." },
    TARGET_QUARANTINED: { description: "Blocks: the target's image or DAGs are quarantined." },
    DAG_BUNDLE_MISSING: { description: "Blocks: the target's DAG bundle is no longer stored." },
    IMAGE_MISSING: { description: "Blocks: the registry no longer holds the target's image." },
    PARTS_INSEPARABLE: { description: "Blocks: image and DAGs are one, so neither can be restored alone." },
    NO_TARGET: { description: "Blocks: no revision is named, and there is no last known good one." },
    DATABASE_DOWNGRADE: { description: "Warns: the metadata database is downgraded, and loses data for good." },
    RESTRICTED_RUNTIME: { description: "Warns: the target's Runtime is restricted." },
    DEPRECATED_RUNTIME: { description: "Warns: the target's Runtime is no longer maintained." },
    UNKNOWN_RELEASE: { description: "Warns: the catalogue does not know the target's version." },
    NO_IMAGE: { description: "Warns: the target has no image of its own, so that the plain one of its version runs." },
    NEVER_RAN_TOGETHER: { description: "Warns: the image has never run with the DAGs that it is combined with." },
    SKIPS_DEPLOYS: { description: "Warns: more than the last deploy is left behind." },
    MUTABLE_IMAGE_TAG: { description: "Warns: the target's digest is not known, and its tag may have been moved." },
    IMAGE_UNVERIFIED: { description: "Warns: nobody has checked that the registry still holds the image." },
  },
});

export const RollbackParts = describedEnum(ROLLBACK_PARTS, {
  name: "RollbackParts",
  description: "What of its target a rollback restores; the rest stays as it runs.",
  valuesConfig: {
    ALL: { description: "The image with its versions, and the DAGs." },
    IMAGE: { description: "The image with its versions; the DAGs that run stay." },
    DAGS: { description: "The DAGs; the image that runs stays." },
  },
});

@ObjectType({
  simpleResolvers: true,
  description: "A reason against a rollback (blocker), or a caution about it (warning).",
})
export class RollbackIssue {
  @Field(() => RollbackIssueCode, { description: "Which one, for programs." })
  code: RollbackIssueCodeName;

  @Field(() => String, { description: "One sentence for a person, naming the setting or revision at fault." })
  message: string;

  @Field(() => String, { nullable: true, description: "What to do about it, where something can be done." })
  remedy: string | null;
}

@ObjectType({
  simpleResolvers: true,
  description:
    "Whether the caller could roll back to a revision now: the answer of the rules that rollbackDeploy asks.",
})
export class RollbackEligibility {
  @Field(() => Boolean, { description: "Whether nothing stands against it." })
  allowed: boolean;

  @MaxItems(5)
  @Field(() => [RollbackIssue], { description: "Everything that stands against it." })
  blockers: readonly RollbackIssue[];

  @MaxItems(5)
  @Field(() => [RollbackIssue], { description: "What to mind." })
  warnings: readonly RollbackIssue[];
}

@ObjectType({
  simpleResolvers: true,
  description: "A Deployment's own rollback switch, and what stands against rollbacks whatever it says.",
})
export class RollbackSwitch {
  @Field(() => Boolean, { description: "Whether it is on." })
  enabled: boolean;

  @Field(() => Boolean, { description: "Whether the caller may change it, by updateDeploymentRollback." })
  changeable: boolean;

  @MaxItems(5)
  @Field(() => [RollbackIssue], {
    description:
      "Why no rollback is allowed even if it is on: the reasons of the installation, then those of the Deployment.",
  })
  blockers: readonly RollbackIssue[];
}

@ObjectType({ simpleResolvers: true, description: "One thing that a rollback restores, before and after." })
export class RollbackChange {
  @Field(() => String, {
    description: "image, runtimeVersion, airflowVersion, dagDeploymentType or dagTarballVersion.",
  })
  field: string;

  @Field(() => String, { nullable: true, description: "What runs now." })
  from: string | null;

  @Field(() => String, { nullable: true, description: "What would run." })
  to: string | null;

  @Field(() => Boolean, { description: "Whether the two differ." })
  changed: boolean;
}

export const DatabaseMigrationDirection = describedEnum(["NONE", "UPGRADE", "DOWNGRADE"], {
  name: "DatabaseMigrationDirection",
  description: "Which way the schema of Airflow's metadata database goes.",
  valuesConfig: {
    NONE: { description: "It stays." },
    UPGRADE: { description: "To a newer one." },
    DOWNGRADE: { description: "To an older one." },
  },
});

@ObjectType({ simpleResolvers: true, description: "What happens to Airflow's metadata database." })
export class DatabaseMigration {
  @Field(() => DatabaseMigrationDirection, { description: "Which way it goes." })
  direction: keyof typeof DatabaseMigrationDirection;

  @Field(() => String, { nullable: true, description: "The schema's revision now; null where nobody knows." })
  fromRevision: string | null;

  @Field(() => String, { nullable: true, description: "The schema's revision afterwards; null where nobody knows." })
  toRevision: string | null;

  @Field(() => Boolean, {
    description: "Whether data of newer features is erased for good; rollbackDeploy then wants acknowledgeDataLoss.",
  })
  losesData: boolean;
}

@ObjectType({ simpleResolvers: true, description: "What a rollback would do, worked out without doing it." })
export class RollbackPlan {
  @Field(() => Deployment, { description: "The Deployment." })
  deployment: Deployment;

  @Field(() => DeployRevision, { description: "What runs now." })
  from: DeployRevision;

  @Field(() => DeployRevision, { description: "What would run again." })
  to: DeployRevision;

  @Field(() => RollbackParts, { description: "What of that revision is restored." })
  parts: RollbackPartsName;

  @Field(() => Boolean, { description: "Whether nothing stands against it." })
  allowed: boolean;

  @MaxItems(5)
  @Field(() => [RollbackIssue], { description: "Everything that stands against it." })
  blockers: readonly RollbackIssue[];

  @MaxItems(5)
  @Field(() => [RollbackIssue], { description: "What to mind." })
  warnings: readonly RollbackIssue[];

  @MaxItems(10)
  @Field(() => [RollbackChange], { description: "One entry for each thing that a rollback restores, changed or not." })
  changes: readonly RollbackChange[];

  @Field(() => DatabaseMigration, { description: "What happens to the metadata database." })
  database: DatabaseMigration;

  @Field(() => DagDiff, {
    nullable: true,
    description: "What happens to the DAGs, file by file; null where one side has no DAG bundle.",
  })
  dags: DagDiff | null;

  @MaxItems(100)
  @Field(() => [DeployRevision], {
    description: "DEPLOYED revisions between the two, newest first, 500 at most: what is left behind as well.",
  })
  skipped: DeployRevision[];

  @MaxItems(10)
  @Field(() => [String], { description: "Settings that a rollback leaves alone, by name." })
  unchanged: readonly string[];
}
