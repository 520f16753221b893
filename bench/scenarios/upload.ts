import { readFileSync } from "node:fs";
import { upload, uploadForm, type UploadTarget } from "../load/uploads";
import type { Section } from "../report";
import { SanityCheckFailed } from "../sanity";
import { median, summarize, type Samples } from "../statistics";
import type { Stage } from "../stage";

const AT_A_TIME = 16;
const DEPLOYMENTS = 20;
const UPLOADS = 200;
const MIB = 1024 ** 2;
const UPLOAD_BYTES = 5 * MIB;

/** (e) 200 uploads of 5 MB at 16 at a time over 20 Deployments, in rounds of one in five for each side in turn. */
export async function benchUpload({ options, client, seed, product, bare }: Stage): Promise<Section> {
  const deployments = seed.deployments.slice(0, DEPLOYMENTS);
  await client.query("UPDATE deployment SET dag_deployment_type = 'dag_deploy' WHERE id = ANY($1)", [
    deployments.map(({ id }) => id),
  ]);
  const names = await client.query<{ id: string; name: string }>(
    "SELECT id, release_name AS name FROM deployment WHERE id = ANY($1)",
    [deployments.map(({ id }) => id)],
  );
  const targets = deployments.map(({ id, apiKey }): UploadTarget => {
    const name = names.rows.find((row) => row.id === id)?.name ?? "";
    return { apiKey, url: new URL(`/${name}/dags/upload`, product.url).toString() };
  });
  const bareTargets = [{ apiKey: "", url: new URL("/upload", bare.url).toString() }];

  const before = await counted(client);
  const perRound = UPLOADS / 5;
  await upload(forms(10), targets, AT_A_TIME);
  await upload(forms(10), bareTargets, AT_A_TIME);
  const idleMib = residentMib(product.pid);
  const pairs: { one: Samples; other: Samples }[] = [];
  for (let round = 0; round < options.rounds; round++) {
    const bodies = forms(perRound);
    pairs.push({ one: await upload(bodies, targets, AT_A_TIME), other: await upload(bodies, bareTargets, AT_A_TIME) });
  }
  const sent = 10 + perRound * options.rounds;
  if ((await counted(client)) - before !== sent)
    throw new SanityCheckFailed(`${sent} uploads did not make as many revisions`);

  const ratios = pairs.map(({ one, other }) => other.seconds / one.seconds);
  const peak = peakMib(product.pid);
  return {
    title: `(e) Uploads of ${UPLOAD_BYTES / MIB} MB of DAGs, ${AT_A_TIME} at a time over ${DEPLOYMENTS} Deployments`,
    sides: [
      { name: "retrograde", measured: summarize(pairs.map(({ one }) => one)) },
      { name: "bare node:http to a file", measured: summarize(pairs.map(({ other }) => other)) },
    ],
    ratios: [{ name: "throughput", value: median(ratios), goal: { kind: "at least", value: 0.6 }, pairs: ratios }],
    notes:
      peak === null || idleMib === null ? [] : [`memory of the process: ${idleMib} MiB before, ${peak} MiB at most`],
  };
}

const forms = (count: number): Buffer[] => Array.from({ length: count }, () => uploadForm(UPLOAD_BYTES));

async function counted(client: Stage["client"]): Promise<number> {
  const { rows } = await client.query<{ count: string }>(
    "SELECT count(*) AS count FROM deploy_revision WHERE trigger = 'DAG_UPLOAD'",
  );
  return Number(rows[0]?.count);
}

const residentMib = (pid: number): number | null => statusMib(pid, "VmRSS");
const peakMib = (pid: number): number | null => statusMib(pid, "VmHWM");

/** Null where there is no /proc. */
function statusMib(pid: number, field: string): number | null {
  try {
    const kib = new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kib === undefined ? null : Math.round(Number(kib) / 1024);
  } catch {
    return null;
  }
}
