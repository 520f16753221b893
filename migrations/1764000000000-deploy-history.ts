import type { MigrationInterface, QueryRunner } from "typeorm";

/** Accounts, Workspaces, Deployments, their deploy history, and what is waiting to be logged. */
export class DeployHistory1764000000000 implements MigrationInterface {
  readonly name = "DeployHistory1764000000000";

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE signing_key (
        id uuid CONSTRAINT signing_key_pkey PRIMARY KEY,
        private_key_pem text NOT NULL,
        created_at timestamptz(3) NOT NULL
      );

      CREATE TABLE app_user (
        id uuid CONSTRAINT app_user_pkey PRIMARY KEY,
        username text NOT NULL CONSTRAINT app_user_username_key UNIQUE,
        full_name text,
        password_hash text,
        status text NOT NULL CONSTRAINT app_user_status_check CHECK (status IN ('active', 'pending')),
        created_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL
      );

      CREATE TABLE email (
        address text CONSTRAINT email_pkey PRIMARY KEY,
        user_id uuid NOT NULL CONSTRAINT email_user_fkey REFERENCES app_user ON DELETE CASCADE,
        verified boolean NOT NULL,
        "primary" boolean NOT NULL
      );
      CREATE INDEX email_user ON email (user_id);

      CREATE TABLE workspace (
        id uuid CONSTRAINT workspace_pkey PRIMARY KEY,
        label text NOT NULL,
        description text,
        created_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL
      );

      CREATE TABLE deployment (
        id uuid CONSTRAINT deployment_pkey PRIMARY KEY,
        workspace_id uuid NOT NULL CONSTRAINT deployment_workspace_fkey REFERENCES workspace ON DELETE RESTRICT,
        label text NOT NULL,
        description text,
        release_name text NOT NULL CONSTRAINT deployment_release_name_key UNIQUE,
        namespace text NOT NULL,
        chart_version text NOT NULL,
        executor text NOT NULL,
        runtime_version text,
        airflow_version text,
        pending_runtime_version text,
        pending_airflow_version text,
        dag_deployment_type text NOT NULL,
        dag_deployment jsonb NOT NULL,
        components jsonb NOT NULL,
        environment_variables jsonb NOT NULL,
        config jsonb NOT NULL,
        properties jsonb NOT NULL,
        cloud_role text,
        docker_config_json jsonb,
        rollback_enabled boolean NOT NULL,
        last_revision_number integer NOT NULL,
        head_revision_id uuid,
        current_revision_id uuid,
        created_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL,
        deleted_at timestamptz(3)
      );
      CREATE INDEX deployment_workspace ON deployment (workspace_id, label, id);
      CREATE UNIQUE INDEX deployment_head_revision ON deployment (head_revision_id);
      CREATE UNIQUE INDEX deployment_current_revision ON deployment (current_revision_id);
      CREATE INDEX deployment_deleted ON deployment (deleted_at) WHERE deleted_at IS NOT NULL;

      CREATE TABLE deploy_revision (
        id uuid CONSTRAINT deploy_revision_pkey PRIMARY KEY,
        deployment_id uuid NOT NULL
          CONSTRAINT deploy_revision_deployment_fkey REFERENCES deployment ON DELETE CASCADE,
        number integer NOT NULL CONSTRAINT deploy_revision_number_check CHECK (number > 0),
        type text NOT NULL,
        status text NOT NULL,
        status_reason text,
        trigger text NOT NULL,
        description text,
        image_repository text,
        image_tag text,
        image_digest text,
        runtime_version text,
        airflow_version text,
        dag_deployment_type text NOT NULL,
        dag_tarball_version text,
        actor_id text NOT NULL,
        actor_type text NOT NULL,
        actor_label text NOT NULL,
        rollback_from_id uuid,
        rolled_back_id uuid,
        origin_id uuid NOT NULL,
        rollout_failures integer NOT NULL,
        pinned boolean NOT NULL,
        created_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL,
        finished_at timestamptz(3),
        CONSTRAINT deploy_revision_deployment_number_key UNIQUE (deployment_id, number)
      );
      CREATE INDEX deploy_revision_created_at ON deploy_revision (created_at);
      CREATE INDEX deploy_revision_unfinished ON deploy_revision (deployment_id) WHERE status = 'INITIALIZED';
      CREATE INDEX deploy_revision_rollbacks ON deploy_revision (deployment_id, number)
        WHERE trigger = 'ROLLBACK';

      ALTER TABLE deployment
        ADD CONSTRAINT deployment_head_revision_fkey FOREIGN KEY (head_revision_id) REFERENCES deploy_revision,
        ADD CONSTRAINT deployment_current_revision_fkey FOREIGN KEY (current_revision_id) REFERENCES deploy_revision;

      CREATE TABLE idempotency_key (
        actor_id text NOT NULL,
        key text NOT NULL,
        input_hash text NOT NULL,
        revision_id uuid NOT NULL
          CONSTRAINT idempotency_key_revision_fkey REFERENCES deploy_revision ON DELETE CASCADE,
        expires_at timestamptz(3) NOT NULL,
        CONSTRAINT idempotency_key_pkey PRIMARY KEY (actor_id, key)
      );
      CREATE INDEX idempotency_key_revision ON idempotency_key (revision_id);
      CREATE INDEX idempotency_key_expires_at ON idempotency_key (expires_at);

      CREATE TABLE service_account (
        id uuid CONSTRAINT service_account_pkey PRIMARY KEY,
        label text NOT NULL,
        category text,
        api_key_hash text NOT NULL CONSTRAINT service_account_api_key_hash_key UNIQUE,
        api_key_start text NOT NULL,
        workspace_id uuid CONSTRAINT service_account_workspace_fkey REFERENCES workspace ON DELETE CASCADE,
        deployment_id uuid CONSTRAINT service_account_deployment_fkey REFERENCES deployment ON DELETE CASCADE,
        active boolean NOT NULL,
        last_used_at timestamptz(3),
        created_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL
      );
      CREATE INDEX service_account_workspace ON service_account (workspace_id);
      CREATE INDEX service_account_deployment ON service_account (deployment_id);

      CREATE TABLE role_binding (
        id uuid CONSTRAINT role_binding_pkey PRIMARY KEY,
        role text NOT NULL,
        user_id uuid CONSTRAINT role_binding_user_fkey REFERENCES app_user ON DELETE CASCADE,
        service_account_id uuid
          CONSTRAINT role_binding_service_account_fkey REFERENCES service_account ON DELETE CASCADE,
        workspace_id uuid CONSTRAINT role_binding_workspace_fkey REFERENCES workspace ON DELETE CASCADE,
        deployment_id uuid CONSTRAINT role_binding_deployment_fkey REFERENCES deployment ON DELETE CASCADE,
        created_at timestamptz(3) NOT NULL,
        CONSTRAINT role_binding_subject_check CHECK (num_nonnulls(user_id, service_account_id) = 1),
        CONSTRAINT role_binding_object_check CHECK (num_nonnulls(workspace_id, deployment_id) <= 1)
      );
      CREATE UNIQUE INDEX role_binding_user_key
        ON role_binding (user_id, workspace_id, deployment_id) NULLS NOT DISTINCT WHERE user_id IS NOT NULL;
      CREATE UNIQUE INDEX role_binding_service_account_key
        ON role_binding (service_account_id) WHERE service_account_id IS NOT NULL;
      CREATE INDEX role_binding_workspace ON role_binding (workspace_id);
      CREATE INDEX role_binding_deployment ON role_binding (deployment_id);

      CREATE TABLE failed_login (
        key varchar(255) CONSTRAINT failed_login_pkey PRIMARY KEY,
        points integer NOT NULL,
        expire bigint
      );

      CREATE TABLE log_line (
        id uuid CONSTRAINT log_line_pkey PRIMARY KEY,
        deployment_id uuid NOT NULL,
        workspace_id uuid NOT NULL,
        release_name text NOT NULL,
        component text NOT NULL,
        message text NOT NULL,
        fields jsonb NOT NULL,
        created_at timestamptz(3) NOT NULL,
        rejected_at timestamptz(3),
        rejected_reason text
      );
      CREATE INDEX log_line_waiting ON log_line (id) WHERE rejected_at IS NULL;
      CREATE INDEX log_line_deployment ON log_line (deployment_id, created_at DESC, id DESC);
      CREATE INDEX log_line_created_at ON log_line (created_at);
    `);
    await queryRunner.query(`
      CREATE FUNCTION access_changed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          NOTIFY access_changed;
          RETURN NULL;
        END
      $$;
      CREATE TRIGGER role_binding_access_changed AFTER INSERT OR UPDATE OR DELETE ON role_binding
        FOR EACH STATEMENT EXECUTE FUNCTION access_changed();
      CREATE TRIGGER app_user_access_changed AFTER UPDATE OR DELETE ON app_user
        FOR EACH STATEMENT EXECUTE FUNCTION access_changed();
      CREATE TRIGGER service_account_access_changed AFTER UPDATE OF active, api_key_hash, label OR DELETE ON service_account
        FOR EACH STATEMENT EXECUTE FUNCTION access_changed();
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE deployment
        DROP CONSTRAINT deployment_head_revision_fkey,
        DROP CONSTRAINT deployment_current_revision_fkey;
      DROP TABLE log_line, failed_login, role_binding, service_account, idempotency_key, deploy_revision,
        deployment, workspace, email, app_user, signing_key;
      DROP FUNCTION access_changed();
    `);
  }
}
