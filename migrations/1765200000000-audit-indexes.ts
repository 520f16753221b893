import type { MigrationInterface, QueryRunner } from "typeorm";

/** For the questions that are asked of the audit trail: who, which object, which Deployment, which request. */
export class AuditIndexes1765200000000 implements MigrationInterface {
  readonly name = "AuditIndexes1765200000000";

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE INDEX audit_line_actor ON audit_line (actor_id, created_at, id);
      CREATE INDEX audit_line_object ON audit_line (object_id, created_at, id);
      CREATE INDEX audit_line_deployment ON audit_line (deployment_id, created_at, id);
      CREATE INDEX audit_line_request ON audit_line (request_id);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      "DROP INDEX audit_line_actor, audit_line_object, audit_line_deployment, audit_line_request",
    );
  }
}
