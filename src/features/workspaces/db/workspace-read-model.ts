import { In, Raw, type DataSource } from "typeorm";
import { patternsContaining } from "../../../infrastructure/postgres/like-patterns";
import type { WorkspaceFilter, WorkspaceReadModel } from "../app/ports";
import type { Workspace } from "../domain/workspace";
import { WorkspaceRow } from "./workspace.row";

export class WorkspaceReadModelSql implements WorkspaceReadModel {
  constructor(private readonly dataSource: DataSource) {}

  find(id: string): Promise<Workspace | null> {
    return this.dataSource.manager.findOneBy(WorkspaceRow, { id });
  }

  findMany(ids: readonly string[]): Promise<Workspace[]> {
    return this.dataSource.manager.findBy(WorkspaceRow, { id: In(ids) });
  }

  list({ ids, labelPart, offset, limit }: WorkspaceFilter): Promise<Workspace[]> {
    return this.dataSource.manager.find(WorkspaceRow, {
      where: {
        ...(ids !== "all" && { id: In(ids) }),
        ...(labelPart !== undefined && { label: containing(labelPart) }),
      },
      order: { label: "ASC", id: "ASC" },
      ...(offset !== undefined && { skip: offset }),
      ...(limit !== undefined && { take: limit }),
    });
  }
}

const containing = (part: string) =>
  Raw((column) => `${column} ILIKE ANY(:patterns)`, { patterns: patternsContaining(part) });
