import { Conflict } from "../../../kernel/errors";

export class ReleaseNameTaken extends Conflict {
  constructor(releaseName: string, cause?: unknown) {
    super(`A Deployment with the release name ${releaseName} exists already`, { cause });
  }
}

/** Its images and logs are kept under the name, and are not for another Workspace. */
export class ReleaseNameKept extends ReleaseNameTaken {
  override readonly message: string;

  constructor(releaseName: string) {
    super(releaseName);
    this.message = `A deleted Deployment of another Workspace had the release name ${releaseName}`;
  }
}

/** Deleted Deployments keep their names until they are removed for good. */
export class NamespaceTaken extends Conflict {
  constructor(namespace: string, cause: unknown) {
    super(`The namespace ${namespace} belongs to another Deployment`, { cause });
  }
}
