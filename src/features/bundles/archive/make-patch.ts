import { createTwoFilesPatch } from "diff";
import type { TextsToCompare } from "../app/archives";

const TIMEOUT_MS = 100;

/** The difference in the unified format; null where finding it takes too long. */
export function makePatch({ path, from, to }: TextsToCompare): string | null {
  return createTwoFilesPatch(path, path, from, to, undefined, undefined, { timeout: TIMEOUT_MS }) ?? null;
}
