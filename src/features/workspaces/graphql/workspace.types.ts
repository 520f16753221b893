import { Field, ID, InputType, ObjectType } from "type-graphql";
import type { Role as RoleName } from "../../access";
import { Role } from "../../access/graphql";
import { InvalidInput } from "../../../kernel/errors";
import type { Instant } from "../../../kernel/instant";
import { DateTime, Id } from "../../../infrastructure/graphql/scalars";

@ObjectType({ description: "A group of Deployments, with the people and service accounts that may work on them." })
export class Workspace {
  @Field(() => ID, { simple: true, description: "The Workspace's id." })
  id: string;

  @Field(() => String, {
    simple: true,
    nullable: true,
    description: "The name that people read; several may share it.",
  })
  label: string | null;

  @Field(() => String, { simple: true, nullable: true, description: "What it is for; null if nobody has said." })
  description: string | null;

  @Field(() => DateTime, { simple: true, nullable: true, description: "When it was made." })
  createdAt: Instant | null;

  @Field(() => DateTime, {
    simple: true,
    nullable: true,
    description: "When its label or description was last changed.",
  })
  updatedAt: Instant | null;
}

@InputType({ description: "A role on one Deployment, given together with a role in its Workspace." })
export class DeploymentRoles {
  @Field(() => Id, { nullable: true, description: "Which Deployment; it has to be one of the Workspace." })
  deploymentId?: string | null;

  @Field(() => Role, { nullable: true, description: "A DEPLOYMENT_… role." })
  role?: RoleName | null;
}

/** The contract leaves both fields optional, but neither means anything alone. @throws InvalidInput */
export const completeRoles = (
  given: readonly DeploymentRoles[] | null | undefined,
): { deploymentId: string; role: RoleName }[] =>
  (given ?? []).map(({ deploymentId, role }) => {
    if (!deploymentId || !role) throw new InvalidInput("deploymentRoles", "takes a deploymentId and a role each");
    return { deploymentId, role };
  });
