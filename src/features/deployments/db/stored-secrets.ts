import type { Sql } from "../../../infrastructure/postgres/sql";
import type { StoredSecrets } from "../app/seal-stored-secrets";
import type { SecretHolder } from "../domain/secrets";

export class StoredSecretsSql implements StoredSecrets {
  constructor(private readonly sql: Sql) {}

  page(after: string | null, limit: number): Promise<SecretHolder[]> {
    return this.sql.query<SecretHolder>(
      `SELECT id, environment_variables AS "environmentVariables", dag_deployment AS "dagDeployment", docker_config_json AS "dockerConfigJson"
       FROM deployment
       WHERE ($1::uuid IS NULL OR id > $1)
         AND (environment_variables @> '[{"isSecret": true}]' OR dag_deployment ?| ARRAY['sshKey', 'sealedSshKey'] OR docker_config_json IS NOT NULL)
       ORDER BY id LIMIT $2`,
      [after, limit],
    );
  }

  async replace(present: SecretHolder, next: SecretHolder): Promise<void> {
    // Updates only unchanged rows instead of locking them: a row that was changed meanwhile is sealed in a later run.
    await this.sql.query(
      `UPDATE deployment SET environment_variables = $5, dag_deployment = $6, docker_config_json = $7
       WHERE id = $1 AND environment_variables = $2 AND dag_deployment = $3 AND docker_config_json IS NOT DISTINCT FROM $4`,
      [present.id, ...columnsOf(present), ...columnsOf(next)],
    );
  }
}

const columnsOf = ({ environmentVariables, dagDeployment, dockerConfigJson }: SecretHolder): unknown[] => [
  JSON.stringify(environmentVariables),
  JSON.stringify(dagDeployment),
  dockerConfigJson === null ? null : JSON.stringify(dockerConfigJson),
];
