import { Field, ID, Int, ObjectType } from "type-graphql";
import type { Instant } from "../../../kernel/instant";
import { describedEnum } from "../../../infrastructure/graphql/described-enum";
import { DateTime, Json } from "../../../infrastructure/graphql/scalars";
import {
  DAG_DEPLOYMENT_TYPES,
  EXECUTORS,
  type DagDeploymentSettings,
  type DagDeploymentType as DagDeploymentTypeName,
  type Deployment as DeploymentRecord,
  type EnvironmentVariable as EnvironmentVariableRecord,
  type JsonObject,
} from "../domain/deployment";
import { presentDagDeployment as shownSettings } from "../domain/settings";

export const ExecutorType = describedEnum(EXECUTORS, {
  name: "ExecutorType",
  description: "What runs Airflow's tasks.",
  valuesConfig: {
    LocalExecutor: { description: "The scheduler itself, in processes beside it." },
    CeleryExecutor: { description: "Workers that take tasks from a queue." },
    KubernetesExecutor: { description: "A pod for each task." },
  },
});

export const DagDeploymentType = describedEnum(DAG_DEPLOYMENT_TYPES, {
  name: "DagDeploymentType",
  description: "How DAG files reach a Deployment.",
  valuesConfig: {
    image: { description: "Inside the image." },
    volume: { description: "From an NFS volume; such Deployments have no rollback." },
    git_sync: { description: "Pulled from a git branch; such Deployments have no rollback." },
    dag_deploy: { description: "Uploaded by themselves, beside an image without DAGs." },
  },
});

@ObjectType({ simpleResolvers: true, description: "An address of a Deployment." })
export class DeploymentUrl {
  @Field(() => String, {
    nullable: true,
    description:
      "airflow; flower where tasks run on Celery; dagserver, which takes uploads of DAGs, where they are deployed by themselves.",
  })
  type: string | null;

  @Field(() => String, { nullable: true, description: "The full URL." })
  url: string | null;
}

@ObjectType({ simpleResolvers: true, description: "How DAGs reach a Deployment, as it is set." })
export class DagDeploymentConfig {
  @Field(() => DagDeploymentType, { nullable: true, description: "The mechanism." })
  type: DagDeploymentTypeName | null;

  @Field(() => String, { nullable: true, description: "volume: where the NFS volume is." })
  nfsLocation?: string | null;

  @Field(() => String, { nullable: true, description: "git_sync: the repository." })
  repositoryUrl?: string | null;

  @Field(() => String, { nullable: true, description: "git_sync: the branch." })
  branchName?: string | null;

  @Field(() => String, { nullable: true, description: "git_sync: the folder with the DAGs in the repository." })
  dagDirectoryLocation?: string | null;

  @Field(() => String, { nullable: true, description: "git_sync: a commit or tag to stay at." })
  rev?: string | null;

  @Field(() => String, { nullable: true, description: "git_sync: never answered, as it is a secret." })
  sshKey?: string | null;

  @Field(() => String, { nullable: true, description: "git_sync: the hosts whose keys are trusted." })
  knownHosts?: string | null;

  @Field(() => Int, { nullable: true, description: "git_sync: seconds between two fetches." })
  syncInterval?: number | null;

  @Field(() => Int, { nullable: true, description: "git_sync: seconds after which a fetch is given up." })
  syncTimeout?: number | null;

  @Field(() => Int, { nullable: true, description: "git_sync: size of the scratch volume in GB." })
  ephemeralStorage?: number | null;
}

@ObjectType({ simpleResolvers: true, description: "An environment variable of a Deployment's Airflow." })
export class EnvironmentVariable {
  @Field(() => String, { nullable: true, description: "The variable's name." })
  key: string | null;

  @Field(() => String, { nullable: true, description: "The value; empty where it is secret." })
  value: string | null;

  @Field(() => Boolean, { nullable: true, description: "Whether the value is never shown again." })
  isSecret: boolean | null;
}

@ObjectType({ description: "One Airflow installation." })
export class Deployment {
  @Field(() => ID, { simple: true, description: "The Deployment's id." })
  id: string;

  @Field(() => String, { simple: true, nullable: true, description: "Its name for people." })
  label: string | null;

  @Field(() => String, { simple: true, nullable: true, description: "What it is for." })
  description: string | null;

  @Field(() => String, {
    simple: true,
    nullable: true,
    description: "Unique and unchanging: names the Helm release, the image repository and the log index.",
  })
  releaseName: string | null;

  @Field(() => String, { simple: true, nullable: true, description: "The Kubernetes namespace." })
  namespace: string | null;

  @Field(() => String, {
    simple: true,
    nullable: true,
    description: "The Runtime that runs; null where the image holds an Airflow without Runtime.",
  })
  runtimeVersion: string | null;

  @Field(() => String, {
    simple: true,
    nullable: true,
    description: "The Airflow that runs; null on a Runtime, whose Airflow is runtimeAirflowVersion.",
  })
  airflowVersion: string | null;

  @Field(() => Json, {
    simple: true,
    nullable: true,
    description: "Its executor, what was set of its components, and free settings as they were given.",
  })
  config: JsonObject | null;

  @Field(() => Json, { simple: true, nullable: true, description: "Free properties, as they were given." })
  properties: JsonObject | null;

  @Field(() => Boolean, { simple: true, description: "Its own rollback switch; off on a new Deployment." })
  rollbackEnabled: boolean;

  @Field(() => DateTime, { simple: true, nullable: true, description: "When it was made." })
  createdAt: Instant | null;

  @Field(() => DateTime, { simple: true, nullable: true, description: "When it was last changed." })
  updatedAt: Instant | null;

  record: DeploymentRecord;
  /** The Deployment as the mutation has just written it. */
  upserted: readonly EnvironmentVariableRecord[] | null;
}

/** The source object for everything that resolves on a Deployment. */
export function presentDeployment(
  record: DeploymentRecord,
  upserted: readonly EnvironmentVariableRecord[] | null = null,
): Deployment {
  const { id, label, description, releaseName, namespace, runtimeVersion, config, properties } = record;
  const { rollbackEnabled, createdAt, updatedAt } = record;
  const airflowVersion = runtimeVersion === null ? record.airflowVersion : null;
  return {
    id,
    label,
    description,
    releaseName,
    namespace,
    runtimeVersion,
    airflowVersion,
    config: { ...config, ...record.components, executor: record.executor },
    properties,
    rollbackEnabled,
    createdAt,
    updatedAt,
    record,
    upserted,
  };
}

export const presentDagDeployment = (
  type: DagDeploymentTypeName,
  settings: DagDeploymentSettings,
): DagDeploymentConfig => ({
  type,
  ...shownSettings(settings),
});
