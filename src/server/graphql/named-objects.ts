import { Kind, type OperationDefinitionNode } from "graphql";

/** Arguments that name the object of a mutation, and the names of their fields in the log. */
const NAMES: Readonly<Record<string, string>> = {
  deploymentUuid: "deploymentId",
  deploymentId: "deploymentId",
  releaseName: "releaseName",
  workspaceUuid: "workspaceId",
  workspaceId: "workspaceId",
};
const MAX_LENGTH = 100;

/** The Deployment or Workspace that the first field of an operation names, as the client sent it. */
export function namedObjects(
  operation: OperationDefinitionNode | undefined,
  variables: Readonly<Record<string, unknown>> | undefined,
): Readonly<Record<string, string>> {
  const field = operation?.selectionSet.selections[0];
  if (field?.kind !== Kind.FIELD) return {};
  const named: Record<string, string> = {};
  for (const { name, value } of field.arguments ?? []) {
    const as = Object.hasOwn(NAMES, name.value) ? NAMES[name.value] : undefined;
    const given =
      value.kind === Kind.VARIABLE
        ? variables?.[value.name.value]
        : value.kind === Kind.STRING
          ? value.value
          : undefined;
    if (as !== undefined && typeof given === "string") named[as] = given.slice(0, MAX_LENGTH);
  }
  return named;
}
