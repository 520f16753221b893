import { newId } from "../../../kernel/ids";
import type { Sql } from "../../../infrastructure/postgres/sql";
import type { InstallationStore } from "../app/ports";
import type { Installation } from "../domain/installation";

export class InstallationStoreSql implements InstallationStore {
  constructor(private readonly sql: Sql) {}

  async current(): Promise<Installation> {
    return (await this.find()) ?? (await this.create());
  }

  async isNew(): Promise<boolean> {
    const [row] = await this.sql.query<{ isNew: boolean }>(
      `SELECT NOT EXISTS (SELECT 1 FROM deploy_revision) AND NOT EXISTS (SELECT 1 FROM dag_archive) AS "isNew"`,
    );
    return row?.isNew ?? true;
  }

  /**
   * The epoch is a time in milliseconds: if the same backup is restored twice, the second epoch is higher than the
   * first, although the database does not hold the first any more.
   */
  async beginEpoch(): Promise<Installation> {
    await this.current();
    const [installation] = await this.sql.query<Installation>(
      `UPDATE installation SET epoch = greatest(epoch + 1, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint), restored_at = clock_timestamp()
       RETURNING id, epoch`,
    );
    return required(installation);
  }

  private async find(): Promise<Installation | undefined> {
    const [installation] = await this.sql.query<Installation>("SELECT id, epoch FROM installation");
    return installation;
  }

  /** Several replicas may start on a new database at once. */
  private async create(): Promise<Installation> {
    await this.sql.query(
      "INSERT INTO installation (id, created_at) VALUES ($1, clock_timestamp()) ON CONFLICT DO NOTHING",
      [newId()],
    );
    return required(await this.find());
  }
}

function required(installation: Installation | undefined): Installation {
  if (installation === undefined) throw new Error("the installation's row is missing");
  return installation;
}
