import type { DataSource, EntityManager, EntityMetadata } from "typeorm";
import type { ColumnMetadata } from "typeorm/metadata/ColumnMetadata";
import { sqlOf } from "./data-source";

type RowClass<R> = new () => R;

/**
 * INSERT, UPDATE and column lists computed once from TypeORM's own metadata, for the few tables that every deploy uses.
 * TypeORM's builders compute them at each call, which costs more than the statement itself (docs/adr/0004). Same
 * entities, same connection, same transaction.
 */
export class RowStatements<R extends object> {
  private readonly statements = new Map<string, string>();
  private readonly columns: ReadonlyMap<string, ColumnMetadata>;
  private readonly metadata: EntityMetadata;

  constructor(dataSource: DataSource, row: RowClass<R>) {
    this.metadata = dataSource.getMetadata(row);
    this.columns = new Map(this.metadata.columns.map((column) => [column.propertyName, column]));
  }

  /** `alias.column AS "property"` for every column, or for the properties named. */
  select(alias: string, properties?: readonly (keyof R & string)[]): string {
    return (properties ?? [...this.columns.keys()])
      .map((property) => `${alias}.${this.quoted(property)} AS "${property}"`)
      .join(", ");
  }

  async insert(manager: EntityManager, row: R): Promise<void> {
    const properties = Object.keys(row);
    const key = properties.join();
    let statement = this.statements.get(key);
    if (statement === undefined) {
      const names = properties.map((property) => this.quoted(property)).join(", ");
      const values = properties.map((_, index) => `$${index + 1}`).join(", ");
      statement = `INSERT INTO "${this.metadata.tableName}" (${names}) VALUES (${values})`;
      this.statements.set(key, statement);
    }
    await sqlOf(manager).query(
      statement,
      properties.map((property) => this.parameter(row, property)),
    );
  }

  /** Sets the given properties of the row with that id. */
  async update(manager: EntityManager, id: string, patch: Partial<R>): Promise<void> {
    const properties = Object.keys(patch);
    const key = `update ${properties.join()}`;
    let statement = this.statements.get(key);
    if (statement === undefined) {
      const sets = properties.map((property, index) => `${this.quoted(property)} = $${index + 2}`).join(", ");
      statement = `UPDATE "${this.metadata.tableName}" SET ${sets} WHERE id = $1`;
      this.statements.set(key, statement);
    }
    await sqlOf(manager).query(statement, [id, ...properties.map((property) => this.parameter(patch, property))]);
  }

  private quoted(property: string): string {
    return `"${this.column(property).databaseName}"`;
  }

  /** JSON is sent as text, because pg would write an array as a Postgres array. */
  private parameter(row: Partial<R>, property: string): unknown {
    const value = (row as Record<string, unknown>)[property];
    return this.column(property).type === "jsonb" && value !== null ? JSON.stringify(value) : value;
  }

  private column(property: string): ColumnMetadata {
    const column = this.columns.get(property);
    if (column === undefined) throw new Error(`${this.metadata.name} has no column for ${property}`);
    return column;
  }
}
