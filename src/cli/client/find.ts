import type { Api } from "./api";
import { FIND_DEPLOYMENT, NTH_NEWEST, type Deployment, type Revision } from "./documents";
import { CliError, EXIT } from "./exit-codes";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const LOOKS = 5;

/** Returns what names a Deployment in the API, by its release name or its id. */
export const where = (given: string): { id: string } | { releaseName: string } =>
  UUID.test(given) ? { id: given } : { releaseName: given };

/** @throws CliError if there is none that the caller may see */
export async function findDeployment(api: Api, given: string): Promise<Deployment> {
  const { deployment } = await api.read<{ deployment: Deployment | null }>(FIND_DEPLOYMENT, { where: where(given) });
  if (deployment === null) throw new CliError(`There is no Deployment ${given} that you may see`, EXIT.notFound);
  return deployment;
}

/** The revision with that number, or the newest one. @throws CliError if there is none */
export async function findRevision(api: Api, release: string, number?: number): Promise<Revision> {
  for (let look = 1; look <= LOOKS; look += 1) {
    const { id, releaseName, latestRevision } = await findDeployment(api, release);
    if (latestRevision === null) throw new CliError(`${releaseName} has no deploys that you may see`, EXIT.notFound);
    if (number === undefined || number === latestRevision.number) return latestRevision;
    const pageNumber = latestRevision.number - number;
    if (pageNumber < 0) throw noRevision(releaseName, number);
    const { paginatedDeployRevisions } = await api.read<{
      paginatedDeployRevisions: { deployRevisions: Revision[] };
    }>(NTH_NEWEST, { deploymentUuid: id, pageNumber });
    const [found] = paginatedDeployRevisions.deployRevisions;
    if (found === undefined) throw noRevision(releaseName, number);
    if (found.number === number) return found;
    // A deploy came in between, by which all places have moved.
  }
  throw new CliError(`${release} is being deployed to all the time; try again`, EXIT.unavailable);
}

const noRevision = (releaseName: string, number: number): CliError =>
  new CliError(`${releaseName} has no revision #${number}, or it was cleaned up`, EXIT.notFound);
