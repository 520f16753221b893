import { ScriptedDriver } from "../builders/drivers";
import { filesIn, ReleaseFolder } from "../builders/releases";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { describeDriver } from "./driver-contract";

interface Values {
  readonly defaultAirflowRepository: string;
  readonly defaultAirflowTag: string;
  readonly labels: { readonly deployment: string };
  readonly retrograde: { readonly revision: number };
}

describeDriver("filesystem", { carriesDags: true }, async () => {
  const folder = await ReleaseFolder.create();
  return {
    driver: folder.driver,
    putBundle: (files) => folder.trees.put(files),
    async look(releaseName) {
      const text = await readFile(join(folder.root, releaseName, "values.yaml"), "utf8").catch(() => null);
      if (text === null) return null;
      const values = parse(text) as Values;
      return {
        deploymentId: values.labels.deployment,
        revisionNumber: values.retrograde.revision,
        image: `${values.defaultAirflowRepository}:${values.defaultAirflowTag}`,
        dags: await filesIn(join(folder.root, releaseName, "dags")),
      };
    },
    close: () => folder.delete(),
  };
});

// The suites of rollouts stand on it, so it has to keep the contract too.
describeDriver("scripted", { carriesDags: false }, async () => {
  const driver = new ScriptedDriver();
  return {
    driver,
    putBundle: () => "",
    async look(releaseName) {
      const state = driver.applied.get(releaseName);
      if (state === undefined) return null;
      const { deploymentId, revisionNumber, image } = state;
      return { deploymentId, revisionNumber, image: image && `${image.repository}:${image.tag}`, dags: null };
    },
    close: async () => undefined,
  };
});
