import { Conflict } from "../../../kernel/errors";

export class ReleaseNameTaken extends Conflict {
  constructor(releaseName: string, cause: unknown) {
    super(`A Deployment with the release name ${releaseName} exists already`, { cause });
  }
}

/** Deleted Deployments keep their names until they are removed for good. */
export class NamespaceTaken extends Conflict {
  constructor(namespace: string, cause: unknown) {
    super(`The namespace ${namespace} belongs to another Deployment`, { cause });
  }
}
