import { In, IsNull, type DataSource } from "typeorm";
import type { DeploymentReadModel } from "../app/ports";
import type { Deployment } from "../domain/deployment";
import { DeploymentRow } from "./deployment.row";

export class DeploymentReadModelSql implements DeploymentReadModel {
  constructor(private readonly dataSource: DataSource) {}

  find(id: string): Promise<Deployment | null> {
    return this.dataSource.manager.findOneBy(DeploymentRow, { id, deletedAt: IsNull() });
  }

  async findByReleaseName(releaseName: string): Promise<Deployment | null> {
    return this.dataSource.manager.findOneBy(DeploymentRow, { releaseName, deletedAt: IsNull() });
  }

  findMany(ids: readonly string[]): Promise<Deployment[]> {
    return this.dataSource.manager.findBy(DeploymentRow, { id: In(ids), deletedAt: IsNull() });
  }

  ofWorkspace(workspaceId: string): Promise<Deployment[]> {
    return this.dataSource.manager.find(DeploymentRow, {
      where: { workspaceId, deletedAt: IsNull() },
      order: { label: "ASC", id: "ASC" },
    });
  }
}
