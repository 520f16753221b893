/**
 * Pushing an image, and rolling back, which is the same permission on this platform version.
 * Source: the public pages on roles and on deploy rollbacks.
 */
export const PUSH_IMAGE = ["deployment.images.push", "system.deployments.images.push"] as const;

/** Seeing the deploy history; alone it never allows a rollback. */
export const READ_HISTORY = ["deployment.deployRevisions.get", "system.deployRevisions.get"] as const;

export const CLEAN_UP = "system.cleanupDeployRevisions.delete";

/** Fetching what is deployed: the system's roles hold the same permission. */
export const PULL_IMAGE = "deployment.images.pull";
