/** Fails the run if a test has left anything in the temp folder; removes it in any case. */
export default async function globalTeardown(): Promise<void> {
  const left = (await globalThis.endTestRun?.()) ?? [];
  if (left.length > 0) throw new Error(`tests left this in the temp folder: ${left.sort().join(", ")}`);
}
