import { heldContentOf, type DeployRevision, type FindChecksum, type HistoryState } from "../../deploys";
import { holdAgainst, type HeldContent, type Hold } from "../../holds";

type State = Pick<HistoryState, "deployment" | "current">;

/** Returns the hold against a rollback to the target; null if there is none. */
export async function holdOnTarget(
  holds: readonly Hold[],
  { deployment, current }: State,
  target: DeployRevision,
  findChecksum: FindChecksum,
): Promise<Hold | null> {
  if (holds.length === 0) return null;
  const running: HeldContent | null =
    current && (await heldContentOf({ ...current, dagTarballVersion: deployment.dagTarballVersion }, findChecksum));
  return holdAgainst(holds, await heldContentOf(target, findChecksum), running);
}
