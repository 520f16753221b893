import type { Api } from "../client/api";
import { HISTORY, LIST_DEPLOYMENTS, type Deployment, type Revision } from "../client/documents";
import { findDeployment } from "../client/find";
import { instant, table, type Column } from "../terminal/text";
import type { Context, OutputOptions } from "./context";

const PAGE = 50;

const DEPLOYMENT_COLUMNS: readonly Column<Deployment>[] = [
  { title: "RELEASE", value: ({ releaseName }) => releaseName },
  { title: "LABEL", value: ({ label }) => label, max: 30 },
  { title: "WORKSPACE", value: ({ workspace }) => workspace?.label ?? null, max: 30 },
  { title: "STATUS", value: ({ status }) => status },
  { title: "RUNS", value: ({ currentRevision }) => currentRevision && `#${currentRevision.number}` },
  { title: "VERSION", value: ({ currentRevision }) => currentRevision && versionOf(currentRevision) },
  { title: "SINCE", value: ({ currentRevision }) => currentRevision && instant(currentRevision.finishedAt) },
];

const REVISION_COLUMNS: readonly Column<Revision>[] = [
  { title: "", value: ({ isCurrent }) => (isCurrent ? "*" : " ") },
  { title: "NUMBER", value: ({ number }) => `#${number}` },
  { title: "STATUS", value: ({ status }) => status },
  { title: "WHAT", value: ({ isRollback, type }) => (isRollback ? "ROLLBACK" : type) },
  { title: "IMAGE", value: ({ imageTag, image }) => imageTag ?? image, max: 30 },
  { title: "VERSION", value: versionOf },
  { title: "AT", value: ({ createdAt }) => instant(createdAt) },
  { title: "BY", value: ({ createdBy }) => createdBy.label, max: 24 },
  { title: "DESCRIPTION", value: ({ description }) => description, max: 60 },
];

function versionOf({ runtimeVersion, airflowVersion }: Revision): string | null {
  return runtimeVersion === null ? airflowVersion && `Airflow ${airflowVersion}` : `Runtime ${runtimeVersion}`;
}

export async function listDeployments(context: Context, options: OutputOptions & { search?: string }): Promise<void> {
  const found: Deployment[] = [];
  const api = await context.api();
  let cursor: string | undefined;
  do {
    const { deployments } = await api.read<{ deployments: Deployment[] | null }>(LIST_DEPLOYMENTS, {
      take: PAGE,
      ...(cursor !== undefined && { cursor }),
      ...(options.search !== undefined && { name: options.search }),
    });
    found.push(...(deployments ?? []));
    cursor = deployments?.length === PAGE ? deployments.at(-1)?.id : undefined;
  } while (cursor !== undefined);
  context.result(options, found, () => table(found, DEPLOYMENT_COLUMNS));
}

export interface HistoryOptions extends OutputOptions {
  readonly limit: number;
  readonly status?: readonly string[];
  readonly rollbacks?: boolean;
}

export async function listHistory(context: Context, release: string, options: HistoryOptions): Promise<void> {
  const api = await context.api();
  const { id } = await findDeployment(api, release);
  const revisions = await newest(api, id, options);
  context.result(options, revisions, () => table(revisions, REVISION_COLUMNS));
}

async function newest(
  api: Api,
  deploymentUuid: string,
  { limit, status, rollbacks }: HistoryOptions,
): Promise<Revision[]> {
  const found: Revision[] = [];
  const filter = { ...(status && { statuses: status }), ...(rollbacks === true && { rollbacksOnly: true }) };
  let after: string | null = null;
  do {
    const page: {
      deployRevisions: { nodes: Revision[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } };
    } = await api.read(HISTORY, {
      deploymentUuid,
      first: Math.min(PAGE, limit - found.length),
      filter: Object.keys(filter).length === 0 ? null : filter,
      after,
    });
    const { nodes, pageInfo } = page.deployRevisions;
    found.push(...nodes);
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  } while (after !== null && found.length < limit);
  return found;
}
