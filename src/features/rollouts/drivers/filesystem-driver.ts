import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { z } from "zod";
import type { RolloutDriver } from "../app/rollout-driver";
import { helmValues } from "../domain/helm-values";
import type { ReleaseState } from "../domain/release-state";

const VALUES_FILE = "values.yaml";
const Applied = z.object({ retrograde: z.object({ generation: z.number() }) });

/**
 * Keeps `<root>/<releaseName>/values.yaml`: what a Helm release of Airflow would be given. The file is
 * replaced by a rename, so a reader sees the old state or the new one, and it is on disk before the deploy
 * counts as finished. A local Airflow can follow the folder, or a GitOps repository commit it.
 */
export class FilesystemDriver implements RolloutDriver {
  readonly name = "filesystem";

  constructor(private readonly root: string) {}

  async apply(state: ReleaseState, signal: AbortSignal): Promise<void> {
    const folder = join(this.root, state.releaseName);
    const file = join(folder, VALUES_FILE);
    await mkdir(folder, { recursive: true });
    if ((await this.appliedGeneration(file)) > state.generation) return;
    signal.throwIfAborted();
    await replaceFile(file, stringify(helmValues(state)));
  }

  async remove(releaseName: string): Promise<void> {
    await rm(join(this.root, releaseName), { recursive: true, force: true });
  }

  /** 0 where nothing was applied, or somebody has edited the file beyond recognition. */
  private async appliedGeneration(file: string): Promise<number> {
    try {
      const applied = Applied.safeParse(parse(await readFile(file, "utf8")));
      return applied.success ? applied.data.retrograde.generation : 0;
    } catch {
      return 0;
    }
  }
}

async function replaceFile(file: string, text: string): Promise<void> {
  const next = `${file}.next`;
  const handle = await open(next, "w", 0o644);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(next, file);
}
