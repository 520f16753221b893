import { Field, InputType, Int } from "type-graphql";
import type { DagDeploymentType as DagDeploymentTypeName } from "../domain/deployment";
import { DagDeploymentType } from "./deployment.types";

@InputType({ description: "How to find one Deployment: by one of the two." })
export class DeploymentWhereUniqueInput {
  @Field(() => String, { nullable: true, description: "Its id." })
  id?: string | null;

  @Field(() => String, { nullable: true, description: "Its release name." })
  releaseName?: string | null;
}

@InputType({ description: "How DAGs are to reach the Deployment. An empty object leaves everything as it is." })
export class DagDeployment {
  @Field(() => DagDeploymentType, { nullable: true, description: "The mechanism." })
  type?: DagDeploymentTypeName | null;

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

  @Field(() => String, { nullable: true, description: "git_sync: the private key to fetch with." })
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

@InputType({ description: "An environment variable as a client writes it." })
export class InputEnvironmentVariable {
  @Field(() => String, { nullable: true, description: "The variable's name: letters, digits and underscores." })
  key?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The value. A secret sent without one keeps the value that it has.",
  })
  value?: string | null;

  @Field(() => Boolean, { nullable: true, description: "Whether the value is never to be shown again." })
  isSecret?: boolean | null;
}

@InputType({ description: "An amount of processor and memory." })
export class ResourceAmounts {
  @Field(() => Int, { nullable: true, description: "Millicores." })
  cpu?: number | null;

  @Field(() => Int, { nullable: true, description: "Mi." })
  memory?: number | null;
}

@InputType({ description: "What a component asks for and may use at most." })
export class Resources {
  @Field(() => ResourceAmounts, { nullable: true, description: "Kept free for it." })
  requests?: ResourceAmounts | null;

  @Field(() => ResourceAmounts, { nullable: true, description: "The most that it gets." })
  limits?: ResourceAmounts | null;
}

@InputType({ description: "Settings of the Celery workers; empty leaves them as they are." })
export class Workers {
  @Field(() => Int, { nullable: true, description: "How many." })
  replicas?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: "How long a worker may take to finish its tasks when it is stopped.",
  })
  terminationGracePeriodSeconds?: number | null;

  @Field(() => Resources, { nullable: true, description: "What each gets." })
  resources?: Resources | null;
}

@InputType({ description: "Settings of the web server; empty leaves them as they are." })
export class Webserver {
  @Field(() => Int, { nullable: true, description: "How many." })
  replicas?: number | null;

  @Field(() => Resources, { nullable: true, description: "What each gets." })
  resources?: Resources | null;
}

@InputType({ description: "Settings of the scheduler; empty leaves them as they are." })
export class Scheduler {
  @Field(() => Int, { nullable: true, description: "How many." })
  replicas?: number | null;

  @Field(() => Resources, { nullable: true, description: "What each gets." })
  resources?: Resources | null;
}

@InputType({ description: "Settings of the triggerer; empty leaves them as they are." })
export class Triggerer {
  @Field(() => Int, { nullable: true, description: "How many; 0 turns it off." })
  replicas?: number | null;

  @Field(() => Resources, { nullable: true, description: "What each gets." })
  resources?: Resources | null;
}
