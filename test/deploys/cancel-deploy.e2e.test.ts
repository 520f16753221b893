import type { RolloutOutcome, RolloutRequest } from "../../src/features/rollouts";
import { startTestApp, type TestApp } from "../world/app";
import {
  applyOnce,
  ask,
  askInVain,
  createDeployment,
  deployImage,
  finish,
  headOf,
  revisionOf,
  rollBack,
  signUpAdmin,
  userWith,
  type BuiltDeployment,
  type BuiltRevision,
} from "../builders/api";
import { ScriptedDriver } from "../builders/drivers";
import { fingerprint } from "../builders/fingerprint";
import { until } from "../world/until";

const CANCEL = `mutation ($id: Uuid!, $description: String!) {
  cancelDeploy(deployRevisionId: $id, description: $description) { id number status statusReason finishedAt isCurrent } }`;

let tags = 0;
const newTag = (): string => `cancel-${++tags}`;
const image = (tag: string): string => `registry.example.com/team/airflow:${tag}`;

/** Stops after the change was made, before anybody knows of it. */
class SlowToReport extends ScriptedDriver {
  private applied_: (() => void) | null = null;
  private gate: Promise<void> | null = null;

  /** `applied` resolves once the next change is made; `report` lets the driver return. */
  holdReport(): { readonly applied: Promise<void>; readonly report: () => void } {
    let report = (): void => {};
    this.gate = new Promise((resolve) => (report = resolve));
    const applied = new Promise<void>((resolve) => (this.applied_ = resolve));
    return { applied, report };
  }

  override async apply(request: RolloutRequest, signal: AbortSignal): Promise<RolloutOutcome> {
    const outcome = await super.apply(request, signal);
    const gate = this.gate;
    this.gate = null;
    if (gate !== null) {
      this.applied_?.();
      await gate;
    }
    return outcome;
  }
}

describe("cancelDeploy", () => {
  let world: TestApp;
  let admin: string;
  const driver = new SlowToReport();
  beforeAll(async () => {
    world = await startTestApp({ workers: true, driver });
    admin = await signUpAdmin(world);
  });
  afterAll(() => world.close());

  const cancel = async (revision: Pick<BuiltRevision, "id">) =>
    (await ask(world, CANCEL, { id: revision.id, description: " wrong branch " }, admin)).cancelDeploy;

  const jobsOf = async ({ id }: BuiltDeployment): Promise<unknown[]> =>
    world.database.sql.query("SELECT 1 FROM graphile_worker.jobs WHERE queue_name = $1", [id]);

  /** Nothing is under way any more, and that revision runs, for the history and for the driver. */
  async function expectToRun(deployment: BuiltDeployment, revision: BuiltRevision | null): Promise<void> {
    await until(
      () => jobsOf(deployment),
      (jobs) => jobs.length === 0,
    );
    const [row] = await world.database.sql.query(
      "SELECT current_revision_id, pending_runtime_version FROM deployment WHERE id = $1",
      [deployment.id],
    );
    expect(row).toEqual({ current_revision_id: revision?.id ?? null, pending_runtime_version: null });
    expect(driver.applied.get(deployment.releaseName)?.revisionId).toBe(revision?.id);
  }

  test("before a worker has taken it: the rollout never begins", async () => {
    const deployment = await createDeployment(world, admin);
    const first = await deployImage(world, admin, deployment);
    const tag = newTag();
    // An image of such a Deployment waits for its DAGs, so that no worker takes it yet.
    await world.database.sql.query("UPDATE deployment SET dag_deployment_type = 'dag_deploy' WHERE id = $1", [
      deployment.id,
    ]);
    const second = await deployImage(world, admin, deployment, {
      image: image(tag),
      runtimeVersion: "11.5.0",
      rollOut: false,
    });
    expect(await cancel(second)).toEqual({
      id: second.id,
      number: 2,
      status: "SUPERSEDED",
      statusReason: expect.stringMatching(/^Cancelled by .+: wrong branch$/),
      finishedAt: expect.any(String),
      isCurrent: false,
    });
    await expectToRun(deployment, first);
    await applyOnce(world, second.id);
    expect(driver.tags).not.toContain(tag);
    expect((await revisionOf(world, second.id)).status).toBe("SUPERSEDED");
  });

  test("while the driver is at work: it is called off, and what ran before still runs", async () => {
    const deployment = await createDeployment(world, admin);
    const first = await deployImage(world, admin, deployment);
    const tag = newTag();
    const { entered, open } = driver.hold(tag);
    await deployImage(world, admin, deployment, { image: image(tag), runtimeVersion: "11.5.0", rollOut: false });
    const second = await headOf(world, deployment.id);
    await entered;
    const stepsOf = () => world.database.sql.query("SELECT 1 FROM rollout_step WHERE revision_id = $1", [second.id]);
    await until(stepsOf, (steps) => steps.length > 0);
    await cancel(second);
    await expectToRun(deployment, first);
    open();
    expect((await revisionOf(world, second.id)).status).toBe("SUPERSEDED");
    const { deployRevision } = await ask(
      world,
      "query ($id: Uuid!) { deployRevision(id: $id) { steps { name status } } }",
      { id: second.id },
      admin,
    );
    expect(deployRevision.steps).toEqual([{ name: "COME_UP", status: "ABORTED" }]);
  });

  test("after the change was made, before it is finished: what ran before is put back", async () => {
    const deployment = await createDeployment(world, admin);
    const first = await deployImage(world, admin, deployment);
    const { applied, report } = driver.holdReport();
    const second = await deployImage(world, admin, deployment, { image: image(newTag()), rollOut: false });
    await applied;
    expect(driver.applied.get(deployment.releaseName)?.revisionId).toBe(second.id);
    await cancel(second);
    report();
    await expectToRun(deployment, first);
    expect((await revisionOf(world, second.id)).status).toBe("SUPERSEDED");
  });

  test("of a first deploy takes down what the driver has made, and the next deploy works", async () => {
    const deployment = await createDeployment(world, admin);
    const { applied, report } = driver.holdReport();
    const first = await deployImage(world, admin, deployment, { rollOut: false });
    await applied;
    await cancel(first);
    report();
    await expectToRun(deployment, null);
    const second = await deployImage(world, admin, deployment);
    expect(second).toMatchObject({ number: 2, status: "DEPLOYED" });
    await expectToRun(deployment, second);
  });

  test("of a rollback leaves what it was to replace", async () => {
    const deployment = await createDeployment(world, admin);
    const tag = newTag();
    const first = await deployImage(world, admin, deployment, { image: image(tag) });
    const second = await deployImage(world, admin, deployment);
    const { entered, open } = driver.hold(tag);
    const third = await rollBack(world, admin, deployment.id, first.id, { rollOut: false });
    await entered;
    await cancel(third);
    await expectToRun(deployment, second);
    open();
    expect((await finish(world, third.id)).status).toBe("SUPERSEDED");
    // The same rollback can be asked for again.
    expect((await rollBack(world, admin, deployment.id, first.id)).status).toBe("DEPLOYED");
  });

  test("is told in the logs and in the audit trail", async () => {
    const deployment = await createDeployment(world, admin);
    const tag = newTag();
    const { open } = driver.hold(tag);
    const first = await deployImage(world, admin, deployment, { image: image(tag), rollOut: false });
    await cancel(first);
    open();
    const lines = await world.database.sql.query<{ message: string }>(
      "SELECT message FROM log_line WHERE deployment_id = $1 AND fields->>'event' = 'cancelled'",
      [deployment.id],
    );
    expect(lines).toEqual([{ message: expect.stringMatching(/^Revision 1 is cancelled by .+: wrong branch$/) }]);
    const audited = await world.database.sql.query(
      "SELECT object_id, details FROM audit_line WHERE deployment_id = $1 AND action = 'deploy_revision.cancel'",
      [deployment.id],
    );
    expect(audited).toEqual([{ object_id: first.id, details: { description: "wrong branch" } }]);
  });

  describe("refuses", () => {
    let deployment: BuiltDeployment;
    let deployed: BuiltRevision;
    beforeAll(async () => {
      deployment = await createDeployment(world, admin);
      deployed = await deployImage(world, admin, deployment);
      await until(
        () => jobsOf(deployment),
        (jobs) => jobs.length === 0,
      );
    });

    test.each([
      ["a finished revision", () => ({ id: deployed.id }), "CONFLICT"],
      ["an unknown revision", () => ({ id: "01900000-0000-7000-8000-000000000000" }), "NOT_FOUND"],
      ["a malformed id", () => ({ id: "nonsense" }), "NOT_FOUND"],
      ["a blank description", () => ({ id: deployed.id, description: "  " }), "BAD_USER_INPUT"],
      ["a long description", () => ({ id: deployed.id, description: "x".repeat(501) }), "BAD_USER_INPUT"],
    ])("%s", async (_name, variables, code) => {
      const before = await fingerprint(world);
      expect((await askInVain(world, CANCEL, { description: "x", ...variables() }, admin)).code).toBe(code);
      expect(await fingerprint(world)).toEqual(before);
    });

    test("a viewer, and somebody who does not see the Deployment", async () => {
      const viewer = await userWith(world, admin, "DEPLOYMENT_VIEWER", { deploymentId: deployment.id });
      const stranger = await userWith(world, admin, "WORKSPACE_ADMIN", {
        workspaceId: (await createDeployment(world, admin)).workspaceId,
      });
      const variables = { id: deployed.id, description: "x" };
      expect((await askInVain(world, CANCEL, variables, viewer.token)).code).toBe("FORBIDDEN");
      expect(await askInVain(world, CANCEL, variables, stranger.token)).toMatchObject({
        code: "NOT_FOUND",
        message: "Deploy revision not found",
      });
    });
  });
});

describe("a rollback to what runs", () => {
  let world: TestApp;
  let admin: string;
  const driver = new ScriptedDriver();
  beforeAll(async () => {
    world = await startTestApp({ driver });
    admin = await signUpAdmin(world);
  });
  afterAll(() => world.close());

  test("stops a deploy that is under way, by a new revision", async () => {
    const deployment = await createDeployment(world, admin);
    const first = await deployImage(world, admin, deployment);
    const second = await deployImage(world, admin, deployment, { rollOut: false });
    const third = await rollBack(world, admin, deployment.id, first.id);
    expect(third).toMatchObject({ number: 3, status: "DEPLOYED" });
    await applyOnce(world, second.id);
    expect((await revisionOf(world, second.id)).status).toBe("SUPERSEDED");
    expect(driver.applied.get(deployment.releaseName)?.revisionId).toBe(third.id);
  });
});
