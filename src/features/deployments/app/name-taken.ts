import { Conflict } from "../../../kernel/errors";

export class ReleaseNameTaken extends Conflict {
  constructor(releaseName: string, cause: unknown) {
    super(`A Deployment with the release name ${releaseName} exists already`, { cause });
  }
}

/** Deployments that were deleted and are still kept hold on to theirs. */
export class NamespaceTaken extends Conflict {
  constructor(namespace: string, cause: unknown) {
    super(`The namespace ${namespace} belongs to another Deployment`, { cause });
  }
}
