import * as access from "../features/access/module";
import * as audit from "../features/audit/module";
import * as bundles from "../features/bundles/module";
import * as deployments from "../features/deployments/module";
import * as deploys from "../features/deploys/module";
import * as holds from "../features/holds/module";
import * as installation from "../features/installation/module";
import * as logs from "../features/logs/module";
import * as notifications from "../features/notifications/module";
import * as rollouts from "../features/rollouts/module";
import * as signOn from "../features/sign-on/module";
import * as workspaces from "../features/workspaces/module";
import { JobScheduleRow, WorkerLeaseRow } from "../infrastructure/jobs/worker-lease.row";

/** Every table's row. */
export const entities = [
  access.EmailRow,
  access.EndedSessionRow,
  access.FailedLoginRow,
  access.InvitationRow,
  access.RoleBindingRow,
  access.ServiceAccountRow,
  access.SigningKeyRow,
  access.TeamMemberRow,
  access.TeamRow,
  access.UserRow,
  audit.AuditLineRow,
  bundles.DagArchiveFileRow,
  bundles.DagArchiveRemovalRow,
  bundles.DagArchiveRow,
  bundles.DagBundleRow,
  deployments.DeploymentRow,
  deployments.FormerReleaseNameRow,
  deploys.DeployRevisionRow,
  deploys.IdempotencyKeyRow,
  deploys.RegistryPushRow,
  holds.ContentHoldRow,
  installation.InstallationPlaceRow,
  installation.InstallationRow,
  logs.LogLineRow,
  notifications.WebhookDeliveryRow,
  notifications.WebhookRow,
  rollouts.RolloutStepRow,
  signOn.IdentityRow,
  workspaces.WorkspaceRow,
  JobScheduleRow,
  WorkerLeaseRow,
];
