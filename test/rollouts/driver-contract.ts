import { RolloutRejected, type ReleaseState, type RolloutDriver, type RolloutSteps } from "../../src/features/rollouts";
import { STEP_NAME } from "../../src/features/rollouts/domain/rollout-step";
import { buildRolloutRequest, releaseNamed, type Files } from "../builders/releases";

/** A driver over a target of its own, which the suite looks into. */
export interface DriverUnderTest {
  readonly driver: RolloutDriver;
  /** Keeps a DAG bundle. Returns its checksum. */
  putBundle(files: Files): string;
  /** What the target holds; null if it holds nothing of that name. */
  look(releaseName: string): Promise<{
    readonly deploymentId: string;
    readonly revisionNumber: number;
    readonly image: string | null;
    readonly dags: Files | null;
  } | null>;
  close(): Promise<void>;
}

const NAME = "astral-comet-1234";
const NEVER = new AbortController().signal;

/** Keeps what a driver tells of its steps. */
class ToldSteps implements RolloutSteps {
  readonly told: string[] = [];
  /** The step that fails before its work begins. */
  failing: string | null = null;

  async run<T>(name: string, work: () => Promise<T>): Promise<T> {
    this.told.push(`${name} RUNNING`);
    try {
      if (name === this.failing) throw new Error(`${name} is made to fail`);
      const result = await work();
      this.told.push(`${name} SUCCEEDED`);
      return result;
    } catch (error) {
      this.told.push(`${name} FAILED`);
      throw error;
    }
  }

  get names(): string[] {
    return [...new Set(this.told.map((line) => line.split(" ")[0] ?? ""))];
  }
}

/** What every driver has to do, whatever its target is. See RolloutDriver. */
export function describeDriver(
  name: string,
  { carriesDags }: { readonly carriesDags: boolean },
  create: () => Promise<DriverUnderTest>,
): void {
  describe(`the contract of drivers: ${name}`, () => {
    let target: DriverUnderTest;
    beforeEach(async () => {
      target = await create();
    });
    afterEach(() => target.close());

    const apply = (state: Partial<ReleaseState> = {}, steps?: RolloutSteps, signal = NEVER) =>
      target.driver.apply(buildRolloutRequest({ releaseName: NAME, ...state }, steps), signal);
    const image = (tag: string) => ({ image: { repository: "registry.example.com/app", tag, digest: null } });
    const testOfDags = carriesDags ? test : (): void => undefined;
    const placed = async (): Promise<object[]> => {
      const found: object[] = [];
      for await (const release of target.driver.placed()) found.push(release);
      return found;
    };

    test("has a name for settings, logs and metrics", () => {
      expect(target.driver.name).toMatch(/^[a-z]+$/);
    });

    test("puts a state in place, and applying it again changes nothing", async () => {
      expect(await target.look(NAME)).toBeNull();
      expect(await apply(image("a"))).toBe("applied");
      const once = await target.look(NAME);
      expect(once).toMatchObject({ deploymentId: "d", revisionNumber: 1, image: "registry.example.com/app:a" });
      expect(await apply(image("a"))).toBe("applied");
      expect(await target.look(NAME)).toEqual(once);
    });

    test("goes from state to state and back", async () => {
      await apply({ ...image("a"), revisionNumber: 1, generation: 1 });
      await apply({ ...image("b"), revisionNumber: 2, generation: 2 });
      expect(await target.look(NAME)).toMatchObject({ revisionNumber: 2, image: "registry.example.com/app:b" });
      // A failed revision 3 counts, and 1 is put back.
      await apply({ ...image("a"), revisionNumber: 1, generation: 3 });
      expect(await target.look(NAME)).toMatchObject({ revisionNumber: 1, image: "registry.example.com/app:a" });
    });

    testOfDags("brings DAGs with a state, replaces them and takes them away", async () => {
      const [a, b] = [target.putBundle({ "a.py": "A" }), target.putBundle({ "b.py": "B", "lib/c.py": "C" })];
      const dags = async (): Promise<Files | null | undefined> => (await target.look(NAME))?.dags;
      await apply({ generation: 1, dagDeploymentType: "dag_deploy", dagBundleSha256: a });
      expect(await dags()).toEqual({ "a.py": "A" });
      await apply({ generation: 2, dagDeploymentType: "dag_deploy", dagBundleSha256: b });
      expect(await dags()).toEqual({ "b.py": "B", "lib/c.py": "C" });
      await apply({ generation: 3 });
      expect(await dags()).toBeNull();
    });

    testOfDags("rejects DAGs that are gone, and leaves in place what ran", async () => {
      await apply(image("a"));
      const before = await target.look(NAME);
      const gone = apply({
        ...image("b"),
        generation: 2,
        dagDeploymentType: "dag_deploy",
        dagBundleSha256: "0".repeat(64),
      });
      await expect(gone).rejects.toBeInstanceOf(RolloutRejected);
      expect(await target.look(NAME)).toEqual(before);
    });

    test("leaves an earlier revision alone that was put back after the newest had ended", async () => {
      await apply({ ...image("b"), revisionNumber: 2, generation: 2 });
      expect(await apply({ ...image("a"), revisionNumber: 1, generation: 2 })).toBe("applied");
      expect(await apply({ ...image("b"), revisionNumber: 2, generation: 2 })).toBe("overtaken");
      expect(await apply({ ...image("a"), revisionNumber: 1, generation: 2 })).toBe("applied");
      expect(await apply({ ...image("c"), revisionNumber: 3, generation: 3 })).toBe("applied");
    });

    test("leaves a later state alone", async () => {
      await apply({ ...image("b"), revisionNumber: 2, generation: 2 });
      const before = await target.look(NAME);
      expect(await apply({ ...image("a"), revisionNumber: 1, generation: 1 })).toBe("overtaken");
      expect(await target.look(NAME)).toEqual(before);
    });

    test("after a restore, a new epoch replaces what the lost history has left, and not the other way round", async () => {
      await apply({ ...image("b"), revisionNumber: 9, generation: 9 });
      expect(await apply({ ...image("a"), revisionNumber: 3, generation: 3, epoch: 2 })).toBe("applied");
      expect(await target.look(NAME)).toMatchObject({ revisionNumber: 3 });
      expect(await apply({ ...image("b"), revisionNumber: 10, generation: 10, epoch: 1 })).toBe("overtaken");
      expect(await target.look(NAME)).toMatchObject({ revisionNumber: 3 });
    });

    test("what a former Deployment of the name has left overtakes nothing", async () => {
      await apply({ deploymentId: "former", revisionNumber: 7, generation: 7 });
      expect(await apply({ deploymentId: "d", revisionNumber: 1, generation: 1 })).toBe("applied");
      expect(await target.look(NAME)).toMatchObject({ deploymentId: "d", revisionNumber: 1 });
    });

    test("takes a release down, of that Deployment only, and again without harm", async () => {
      await apply({ deploymentId: "d" });
      await target.driver.remove(releaseNamed(NAME, "former"));
      expect(await target.look(NAME)).toMatchObject({ deploymentId: "d" });
      await target.driver.remove(releaseNamed(NAME, "d"));
      expect(await target.look(NAME)).toBeNull();
      await target.driver.remove(releaseNamed(NAME, "d"));
      await target.driver.remove(releaseNamed("never-was-there"));
      expect(await apply({ generation: 2 })).toBe("applied");
    });

    test("leaves other releases alone", async () => {
      await apply({ releaseName: "other", deploymentId: "o", ...image("o") });
      const before = await target.look("other");
      await apply(image("a"));
      await target.driver.remove(releaseNamed(NAME, "d"));
      expect(await target.look("other")).toEqual(before);
    });

    test("lists what is placed, with the position in the history", async () => {
      expect(await placed()).toEqual([]);
      await apply({ generation: 4, epoch: 2 });
      await apply({ releaseName: "other", deploymentId: "o", generation: 1 });
      expect(await placed()).toHaveLength(2);
      expect(await placed()).toEqual(
        expect.arrayContaining([
          { releaseName: NAME, deploymentId: "d", generation: 4, epoch: 2 },
          { releaseName: "other", deploymentId: "o", generation: 1, epoch: 1 },
        ]),
      );
    });

    test("tells its steps, each with its end", async () => {
      const steps = new ToldSteps();
      await apply({}, steps);
      expect(steps.names.length).toBeGreaterThan(0);
      for (const step of steps.names) expect(step).toMatch(STEP_NAME);
      expect(steps.told).toEqual(steps.names.flatMap((step) => [`${step} RUNNING`, `${step} SUCCEEDED`]));
    });

    test("fails with each of its steps, and can be applied again", async () => {
      const state = carriesDags
        ? { dagDeploymentType: "dag_deploy", dagBundleSha256: target.putBundle({ "a.py": "A" }) }
        : {};
      const all = new ToldSteps();
      await apply({ ...state, releaseName: "rehearsal", deploymentId: "r" }, all);
      for (const step of all.names) {
        const steps = new ToldSteps();
        steps.failing = step;
        await expect(apply(state, steps)).rejects.toThrow(`${step} is made to fail`);
        expect(steps.told.at(-1)).toBe(`${step} FAILED`);
        expect(await apply(state)).toBe("applied");
        expect(await target.look(NAME)).toMatchObject({ revisionNumber: 1 });
        await target.driver.remove(releaseNamed(NAME, "d"));
      }
    });

    test("changes nothing once it is called off before it began", async () => {
      await apply(image("a"));
      const before = await target.look(NAME);
      const late = apply(
        { ...image("b"), revisionNumber: 2, generation: 2 },
        undefined,
        AbortSignal.abort(new Error("stop")),
      );
      await expect(late).rejects.toThrow("stop");
      expect(await target.look(NAME)).toEqual(before);
    });

    test("tidies up without a change of what is live", async () => {
      await target.driver.tidy();
      await apply(image("a"));
      const before = await target.look(NAME);
      await target.driver.tidy();
      expect(await target.look(NAME)).toEqual(before);
    });
  });
}
