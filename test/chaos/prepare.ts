import { until } from "../world/until";
import type { World } from "./invariants";
import { BOOTSTRAP_TOKEN } from "../world/bootstrap-token";
import { Replica } from "./replica";

export interface PreparedDeployment {
  readonly id: string;
  readonly releaseName: string;
  /** Whether its DAGs are uploaded; an image waits for them then, and is a target of rollbacks only later. */
  readonly takesUploads: boolean;
}

export interface Prepared {
  readonly token: string;
  readonly deployments: readonly PreparedDeployment[];
}

/** Replicas that share everything; `databaseUrl` may be that of a proxy. */
export function replicasOf(
  { elasticsearch, dataDir }: World,
  { count, databaseUrl }: { readonly count: number; readonly databaseUrl: string },
): Replica[] {
  const env = {
    BOOTSTRAP_TOKEN,
    DATABASE_URL: databaseUrl,
    ELASTICSEARCH_URL: elasticsearch.url,
    DATA_DIR: dataDir,
    SECRETS__ENCRYPTION_KEYS: Buffer.alloc(32, "a test's key").toString("base64"),
    DEPLOYMENTS__DEPLOY_ROLLBACK__ENABLED: "true",
    DEPLOYMENTS__DAG_ONLY_DEPLOYMENT: "true",
    DEPLOYMENTS__CONFIGURE_DAG_DEPLOYMENT: "true",
    DEPLOYMENTS__ENABLE_UPDATE_DEPLOYMENT_IMAGE_ENDPOINT: "true",
    // By default an image waits half a minute for its DAGs, which would look like a deploy that is stuck.
    DEPLOYMENTS__DAG_DEPLOY__UPLOAD_WAIT_SECONDS: "2",
  };
  return Array.from({ length: count }, (_, at) => new Replica(`replica ${at + 1}`, env));
}

/**
 * An administrator and Deployments that take images and rollbacks, each with two deploys; two of three take uploads of
 * DAGs too.
 */
export async function prepare(
  replica: Replica,
  { deployments: count }: { readonly deployments: number },
): Promise<Prepared> {
  const { createUser } = await replica.ask(
    `mutation { createUser(email: "admin@example.com", password: "correct horse battery", inviteToken: "${BOOTSTRAP_TOKEN}") { token { value } } }`,
  );
  const token = (createUser?.["token"] as { value: string }).value;
  const { createWorkspace } = await replica.ask(`mutation { createWorkspace(label: "Chaos") { id } }`, {}, token);
  const deployments: PreparedDeployment[] = [];
  for (let n = 0; n < count; n++) {
    const takesUploads = n % 3 !== 0;
    const { createDeployment } = await replica.ask(
      `mutation ($workspace: Uuid!, $label: String!, $mechanism: DagDeployment) {
         createDeployment(workspaceUuid: $workspace, label: $label, runtimeVersion: "11.3.0", dagDeployment: $mechanism) { id releaseName } }`,
      {
        workspace: createWorkspace?.["id"],
        label: `chaos ${n}`,
        mechanism: { type: takesUploads ? "dag_deploy" : "image" },
      },
      token,
    );
    const deployment = { ...(createDeployment as unknown as { id: string; releaseName: string }), takesUploads };
    await replica.ask(
      `mutation ($id: Uuid!) { updateDeploymentRollback(deploymentUuid: $id, enabled: true) { id } }`,
      { id: deployment.id },
      token,
    );
    for (const tag of ["a", "b"]) {
      await replica.ask(
        `mutation ($release: String!, $image: String!) { updateDeploymentImage(releaseName: $release, image: $image, runtimeVersion: "11.3.0") { id } }`,
        { release: deployment.releaseName, image: `registry.example.com/app:${tag}` },
        token,
      );
      if (!takesUploads) await deployed(replica, deployment.id, token);
    }
    deployments.push(deployment);
  }
  return { token, deployments };
}

/** Waits until the newest deploy is current, so that there is a target to roll back to from the start. */
async function deployed(replica: Replica, id: string, token: string): Promise<void> {
  const status = async (): Promise<string | undefined> => {
    const { deployRevisions } = await replica.ask(
      `query ($id: Uuid!) { deployRevisions(deploymentUuid: $id, first: 1) { nodes { status } } }`,
      { id },
      token,
    );
    return (deployRevisions?.["nodes"] as { status: string }[])[0]?.status;
  };
  await until(status, (seen) => seen === "DEPLOYED");
}
