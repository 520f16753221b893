import { Field, Int, ObjectType } from "type-graphql";
import { Actor } from "../../../infrastructure/graphql/actor.types";
import { DateTime } from "../../../infrastructure/graphql/scalars";
import type { Instant } from "../../../kernel/instant";

@ObjectType({ simpleResolvers: true, description: "How many deploys were recorded in a span of time." })
export class DeployActivity {
  @Field(() => DateTime, { description: "Where the span begins." })
  from: Instant;

  @Field(() => DateTime, { description: "Where it ends; that instant belongs to the next one." })
  to: Instant;

  @Field(() => Int, { description: "Rolled out." })
  deployed: number;

  @Field(() => Int, { description: "FAILED." })
  failed: number;

  @Field(() => Int, { description: "SUPERSEDED." })
  superseded: number;

  @Field(() => Int, { description: "Not finished yet." })
  unfinished: number;

  @Field(() => Int, { description: "Rollbacks among all of these." })
  rollbacks: number;
}

@ObjectType({ simpleResolvers: true, description: "Somebody who deployed." })
export class DeployActor {
  @Field(() => Actor, { description: "Who, as the newest of the deploys has it." })
  actor: Actor;

  @Field(() => Int, { description: "How many deploys are in the history." })
  count: number;

  @Field(() => DateTime, { description: "When the newest was recorded." })
  lastAt: Instant;
}

@ObjectType({ simpleResolvers: true, description: "How many files differ between two DAG bundles." })
export class DagFileCounts {
  @Field(() => Int, { description: "Files that only the second has." })
  added: number;

  @Field(() => Int, { description: "Files that only the first has." })
  removed: number;

  @Field(() => Int, { description: "Files that differ." })
  changed: number;
}

@ObjectType({ simpleResolvers: true, description: "What a deploy changed of what ran before it." })
export class DeployChanges {
  @Field(() => Boolean, { description: "Whether the image is another one, by its name and digest." })
  image: boolean;

  @Field(() => Boolean, { description: "Whether the Runtime or the Airflow is another one." })
  version: boolean;

  @Field(() => Boolean, { description: "Whether the DAG bundle is another one." })
  dagBundle: boolean;

  @Field(() => DagFileCounts, {
    nullable: true,
    description: "How many DAG files differ; null where one side has no DAG bundle.",
  })
  dags: DagFileCounts | null;
}
