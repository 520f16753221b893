import { inPacedSteps } from "../kernel/paced-steps";

const CLEANUP_BATCH = 1_000;

/** Each step begins at the front again: what the last one found there is gone. */
export async function deleteInBatches(deleteSome: (limit: number) => Promise<number>): Promise<void> {
  await inPacedSteps(async () => {
    const count = await deleteSome(CLEANUP_BATCH);
    return { count, next: count === CLEANUP_BATCH ? true : null };
  });
}
