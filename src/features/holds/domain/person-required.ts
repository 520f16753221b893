import { DomainError } from "../../../kernel/errors";

const SETTING = "astronomer.houston.config.deployments.deployRollback.serviceAccountsMayLiftQuarantines";

/** A service account has asked for something that only a person may decide. */
export class PersonRequired extends DomainError {
  readonly code = "PERSON_REQUIRED";
  override readonly details = { setting: SETTING };

  constructor() {
    super(`A quarantine is lifted by a person, not by a service account (unless ${SETTING} is true)`);
  }
}
