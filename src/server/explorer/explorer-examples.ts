export interface Example {
  readonly title: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

const DEPLOYMENT_ID = "put a Deployment's id here";
const REVISION_ID = "put a deploy revision's id here";

/** Shown in the explorer's list, in this order: the response to each has the ids that the next one needs. */
export const EXAMPLES: readonly Example[] = [
  {
    title: "My Workspaces",
    query: `query {
  workspaces { id label description }
}`,
    variables: {},
  },
  {
    title: "Deployments of a Workspace",
    query: `query Deployments($workspaceUuid: Uuid!) {
  workspaceDeployments(workspaceUuid: $workspaceUuid) {
    id
    label
    releaseName
    rollbackEnabled
    currentRevision { number status imageTag }
  }
}`,
    variables: { workspaceUuid: "put a Workspace's id here" },
  },
  {
    title: "Deploy history",
    query: `query History($deploymentUuid: Uuid!, $after: String) {
  deployRevisions(deploymentUuid: $deploymentUuid, first: 20, after: $after) {
    nodes {
      id
      number
      status
      type
      imageTag
      dagTarballVersion
      description
      createdAt
      createdBy { label }
      isCurrent
      rollback { allowed blockers { code message } }
    }
    pageInfo { hasNextPage endCursor }
  }
}`,
    variables: { deploymentUuid: DEPLOYMENT_ID },
  },
  {
    title: "Plan a rollback",
    query: `query Plan($deploymentUuid: Uuid!, $deployRevisionId: Uuid) {
  rollbackPlan(deploymentUuid: $deploymentUuid, deployRevisionId: $deployRevisionId) {
    to { id number imageTag }
    allowed
    blockers { code message remedy }
    warnings { code message }
    changes { field from to changed }
    database { direction losesData }
  }
}`,
    variables: { deploymentUuid: DEPLOYMENT_ID, deployRevisionId: REVISION_ID },
  },
  {
    title: "Roll back",
    query: `mutation Rollback($deploymentUuid: Uuid!, $deployRevisionId: Uuid, $description: String!) {
  rollbackDeploy(
    deploymentUuid: $deploymentUuid
    deployRevisionId: $deployRevisionId
    description: $description
  ) {
    id
    number
    status
    rollbackFrom { number }
  }
}`,
    variables: { deploymentUuid: DEPLOYMENT_ID, deployRevisionId: REVISION_ID, description: "why" },
  },
];
