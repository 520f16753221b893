import type { Sql } from "../../../infrastructure/postgres/sql";
import type { DeployContent } from "../domain/deploy-revision";

/** Images are the same by digest, or by name where a digest is not known; DAGs by the checksum of their archive. */
export async function haveRunTogether(sql: Sql, deploymentId: string, content: DeployContent): Promise<boolean> {
  const { imageRepository, imageTag, imageDigest, runtimeVersion, dagTarballVersion } = content;
  const rows = await sql.query(
    `SELECT r.id FROM deploy_revision r
     LEFT JOIN dag_bundle had ON had.deployment_id = r.deployment_id AND had.version = r.dag_tarball_version
     LEFT JOIN dag_bundle b ON b.deployment_id = r.deployment_id AND b.version = $6
     WHERE r.deployment_id = $1 AND r.status = 'DEPLOYED' AND r.runtime_version IS NOT DISTINCT FROM $5
       AND had.archive_sha256 IS NOT DISTINCT FROM b.archive_sha256
       AND CASE WHEN r.image_digest IS NULL OR $4::text IS NULL
         THEN r.image_repository IS NOT DISTINCT FROM $2 AND r.image_tag IS NOT DISTINCT FROM $3
         ELSE r.image_digest = $4 END
     LIMIT 1`,
    [deploymentId, imageRepository, imageTag, imageDigest, runtimeVersion, dagTarballVersion],
  );
  return rows.length > 0;
}
