export const ROLLBACK_ISSUE_CODES = [
  "ROLLBACK_DISABLED_FOR_INSTALLATION",
  "DAG_ONLY_DEPLOYMENT_DISABLED",
  "UPDATE_IMAGE_ENDPOINT_DISABLED",
  "ROLLBACK_DISABLED_FOR_DEPLOYMENT",
  "PERMISSION_DENIED",
  "DAG_DEPLOYMENT_TYPE_UNSUPPORTED",
  "RUNTIME_TOO_OLD",
  "TARGET_DAG_DEPLOYMENT_TYPE_UNSUPPORTED",
  "TARGET_RUNTIME_TOO_OLD",
  "TARGET_NOT_DEPLOYED",
  "TARGET_IS_CURRENT",
  "TARGET_EXPIRED",
  "TARGET_QUARANTINED",
  "DAG_BUNDLE_MISSING",
  "IMAGE_MISSING",
  "PARTS_INSEPARABLE",
  "NO_TARGET",
  "DATABASE_DOWNGRADE",
  "RESTRICTED_RUNTIME",
  "DEPRECATED_RUNTIME",
  "UNKNOWN_RELEASE",
  "SKIPS_DEPLOYS",
  "NO_IMAGE",
  "NEVER_RAN_TOGETHER",
  "MUTABLE_IMAGE_TAG",
  "IMAGE_UNVERIFIED",
] as const;

export type RollbackIssueCode = (typeof ROLLBACK_ISSUE_CODES)[number];

/** A reason against a rollback, or a caution about it. */
export interface RollbackIssue {
  readonly code: RollbackIssueCode;
  /** One sentence for a person. */
  readonly message: string;
  /** What to do about it, where something can be done. */
  readonly remedy: string | null;
}

export const issue = (code: RollbackIssueCode, message: string, remedy: string | null = null): RollbackIssue => ({
  code,
  message,
  remedy,
});
