/**
 * Every Deployment has one repository of its own in the installation's registry. Source: the public 0.35 documentation.
 */
export const repositoryOf = (releaseName: string): string => `${releaseName}/airflow`;

const OF_DEPLOYMENT = /^([a-z0-9][a-z0-9-]*)\/airflow$/;

/** Null where the repository is not a Deployment's. */
export const releaseNameOf = (repository: string): string | null => OF_DEPLOYMENT.exec(repository)?.[1] ?? null;
