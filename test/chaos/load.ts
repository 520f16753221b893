import { setTimeout as sleep } from "node:timers/promises";
import { cliParts, dagArchive, form } from "../builders/dags";
import type { Prepared, PreparedDeployment } from "./prepare";
import { Refused, type Replica } from "./replica";

/** Between two operations of one Deployment. */
const MAX_PAUSE_MS = 60;
/** As a careful client does: the same key again until there is an answer. */
const MAX_TRIES = 40;
/** Whatever happens to the database, a request is not told that the service has a fault. */
const FAULTS: ReadonlySet<string> = new Set(["INTERNAL_SERVER_ERROR", "HTTP 500"]);

/**
 * Deploys images, uploads DAGs, rolls back and reads histories, all at once and on any replica that is ready. Every
 * deploy has a description of its own, by which it is found again in the database.
 */
export class Load {
  /** Descriptions of the deploys that a replica has answered for. */
  readonly accepted = new Set<string>();
  /** Revisions of the uploads that a replica has answered for: an upload may complete the image deploy before it. */
  readonly uploaded = new Set<string>();
  /** Returns that can never be right. */
  readonly complaints: string[] = [];
  readonly counts = { images: 0, rollbacks: 0, repeats: 0, uploads: 0, reads: 0, refused: 0, unanswered: 0 };
  private readonly codes = new Map<string, number>();
  private stopped = false;
  private loops: Promise<void>[] = [];
  private operations = 0;

  constructor(
    private readonly replicas: readonly Replica[],
    private readonly prepared: Prepared,
  ) {}

  start(): void {
    this.loops = this.prepared.deployments.map((deployment) => this.run(deployment));
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.loops);
  }

  /** Deploys that a replica has answered for. */
  get size(): number {
    return this.accepted.size + this.counts.uploads;
  }

  toString(): string {
    const refusals = [...this.codes].map(([code, times]) => `${code} ${times}`).join(", ");
    return `${this.size} deploys accepted; ${Object.entries(this.counts)
      .map(([name, count]) => `${name} ${count}`)
      .join(", ")}; refusals: ${refusals || "none"}`;
  }

  private async run(deployment: PreparedDeployment): Promise<void> {
    while (!this.stopped) {
      if (!this.replicas.some(({ isReady }) => isReady)) {
        await sleep(MAX_PAUSE_MS);
        continue;
      }
      const chance = Math.random();
      const operation =
        chance < 0.25
          ? this.deployImage(deployment)
          : chance < 0.55
            ? this.rollBack(deployment)
            : chance < 0.9 && deployment.takesUploads
              ? this.upload(deployment)
              : this.read(deployment);
      await operation.catch((error: unknown) => {
        if (!(error instanceof Refused)) return void this.counts.unanswered++;
        this.counts.refused++;
        this.codes.set(error.code, (this.codes.get(error.code) ?? 0) + 1);
        if (FAULTS.has(error.code)) this.complaints.push(`${error.code}: ${error.message}`);
      });
      await sleep(Math.random() * MAX_PAUSE_MS);
    }
  }

  private async deployImage({ releaseName }: PreparedDeployment): Promise<void> {
    const description = this.describe("image");
    const letter = "abcdef"[Math.floor(Math.random() * 6)] ?? "a";
    await this.replica().ask(
      `mutation ($release: String!, $image: String!, $digest: String!, $description: String!) {
         updateDeploymentImage(releaseName: $release, image: $image, imageDigest: $digest, runtimeVersion: "11.3.0", description: $description) { id } }`,
      {
        release: releaseName,
        image: `registry.example.com/app:${letter}`,
        digest: `sha256:${letter.repeat(64)}`,
        description,
      },
      this.prepared.token,
    );
    this.accepted.add(description);
    this.counts.images++;
  }

  private async upload({ releaseName }: PreparedDeployment): Promise<void> {
    const description = this.describe("upload");
    const { headers, payload } = form(
      cliParts(dagArchive({ "etl.py": `print(${JSON.stringify(description)})` }), description),
    );
    const response = await this.replica().fetch(`/${releaseName}/dags/upload`, {
      method: "POST",
      headers: { ...headers, authorization: this.prepared.token },
      body: new Uint8Array(payload),
    });
    const answer = await response.text();
    if (response.status !== 200) throw new Refused(`HTTP ${response.status}`, answer);
    this.uploaded.add((JSON.parse(answer) as { revisionId: string }).revisionId);
    this.counts.uploads++;
  }

  private async read({ id }: PreparedDeployment): Promise<{ id: string }[]> {
    const { deployRevisions } = await this.replica().ask(
      `query ($id: Uuid!) { deployRevisions(deploymentUuid: $id, first: 20) { nodes { id number status isCurrent } } }`,
      { id },
      this.prepared.token,
    );
    const nodes = deployRevisions?.["nodes"] as { id: string; number: number; status: string; isCurrent: boolean }[];
    const isWithoutGaps = nodes.every(({ number }, at) => at === 0 || number === (nodes[at - 1]?.number ?? 0) - 1);
    if (!isWithoutGaps) this.complaints.push(`a history with gaps: ${nodes.map(({ number }) => number).join(" ")}`);
    this.counts.reads++;
    return nodes.filter(({ status, isCurrent }) => status === "DEPLOYED" && !isCurrent);
  }

  private async rollBack(deployment: PreparedDeployment): Promise<void> {
    const targets = await this.read(deployment);
    const target = targets[Math.floor(Math.random() * targets.length)];
    if (target === undefined) return;
    const description = this.describe("rollback");
    const first = await this.rollBackUntilAnswered(deployment, target.id, description);
    if (first === null) return;
    this.accepted.add(description);
    this.counts.rollbacks++;
    if (Math.random() < 0.7) return;
    const second = await this.rollBackUntilAnswered(deployment, target.id, description);
    this.counts.repeats++;
    if (second !== null && second !== first)
      this.complaints.push(`one idempotency key, two rollbacks: ${first} and ${second}`);
  }

  /** The revision, or null if there was no answer at all. The description is the idempotency key, too. */
  private async rollBackUntilAnswered(
    { id }: PreparedDeployment,
    target: string,
    description: string,
  ): Promise<string | null> {
    for (let tries = 0; tries < MAX_TRIES && !(this.stopped && tries > 0); tries++) {
      try {
        const { rollbackDeploy } = await this.replica().ask(
          `mutation ($deployment: Uuid!, $target: Uuid!, $description: String!) {
             rollbackDeploy(deploymentUuid: $deployment, deployRevisionId: $target, description: $description, idempotencyKey: $description) { id } }`,
          { deployment: id, target, description },
          this.prepared.token,
        );
        return rollbackDeploy?.["id"] as string;
      } catch (error) {
        if (error instanceof Refused && error.code !== "UNAVAILABLE") throw error;
        this.counts.unanswered++;
        await sleep(250);
      }
    }
    return null;
  }

  private describe(kind: string): string {
    return `${kind} ${++this.operations}`;
  }

  private replica(): Replica {
    const ready = this.replicas.filter(({ isReady }) => isReady);
    const replica = ready[Math.floor(Math.random() * ready.length)];
    if (replica === undefined) throw new Error("no replica is ready");
    return replica;
  }
}
