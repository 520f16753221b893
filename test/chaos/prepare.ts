import { setTimeout as sleep } from "node:timers/promises";
import type { World } from "./invariants";
import { Replica } from "./replica";

export interface PreparedDeployment {
  readonly id: string;
  readonly releaseName: string;
}

export interface Prepared {
  readonly token: string;
  readonly deployments: readonly PreparedDeployment[];
}

/** Replicas that share everything; `databaseUrl` may be that of a proxy. */
export function replicasOf({ elasticsearch, dataDir }: World, { count, databaseUrl }: { readonly count: number; readonly databaseUrl: string }): Replica[] {
  const env = {
    DATABASE_URL: databaseUrl,
    ELASTICSEARCH_URL: elasticsearch.url,
    DATA_DIR: dataDir,
    DEPLOYMENTS__DEPLOY_ROLLBACK__ENABLED: "true",
    DEPLOYMENTS__DAG_ONLY_DEPLOYMENT: "true",
    DEPLOYMENTS__CONFIGURE_DAG_DEPLOYMENT: "true",
    DEPLOYMENTS__ENABLE_UPDATE_DEPLOYMENT_IMAGE_ENDPOINT: "true",
  };
  return Array.from({ length: count }, (_, at) => new Replica(`replica ${at + 1}`, env));
}

/** An administrator and Deployments that take images, DAGs and rollbacks, each with one deploy. */
export async function prepare(replica: Replica, { deployments: count }: { readonly deployments: number }): Promise<Prepared> {
  const { createUser } = await replica.ask(
    `mutation { createUser(email: "admin@example.com", password: "correct horse battery") { token { value } } }`,
  );
  const token = (createUser?.["token"] as { value: string }).value;
  const { createWorkspace } = await replica.ask(`mutation { createWorkspace(label: "Chaos") { id } }`, {}, token);
  const deployments: PreparedDeployment[] = [];
  for (let n = 0; n < count; n++) {
    const { createDeployment } = await replica.ask(
      `mutation ($workspace: Uuid!, $label: String!) {
         createDeployment(workspaceUuid: $workspace, label: $label, runtimeVersion: "11.3.0", dagDeployment: { type: dag_deploy }) { id releaseName } }`,
      { workspace: createWorkspace?.["id"], label: `chaos ${n}` },
      token,
    );
    const deployment = createDeployment as unknown as PreparedDeployment;
    await replica.ask(`mutation ($id: Uuid!) { updateDeploymentRollback(deploymentUuid: $id, enabled: true) { id } }`, { id: deployment.id }, token);
    await replica.ask(
      `mutation ($release: String!) { updateDeploymentImage(releaseName: $release, image: "registry.example.com/app:a", runtimeVersion: "11.3.0") { id } }`,
      { release: deployment.releaseName },
      token,
    );
    deployments.push(deployment);
  }
  return { token, deployments };
}

/** Polls without an end of its own: the test's time limit is the limit. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(50);
}
