import { Conflict } from "../../../shared/domain/errors";

export class ReleaseNameTaken extends Conflict {
  constructor(releaseName: string, cause: unknown) {
    super(`A Deployment with the release name ${releaseName} exists already`, { cause });
  }
}
