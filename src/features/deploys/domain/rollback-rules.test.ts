import { buildDeployment, buildQuestion, buildRevision, NOW, SETTINGS, shippedCatalogue } from "../../../../test/builders/domain";
import { minusDays, plusMs } from "../../../shared/domain/instant";
import { DAG_DEPLOYMENT_TYPES } from "../../deployments";
import type { RuntimeCatalogue } from "../../platform";
import { assessRollback, refusals, type RollbackQuestion } from "./rollback-rules";

let catalogue: RuntimeCatalogue;
beforeAll(async () => {
  catalogue = await shippedCatalogue();
});

const question = (overrides: Parameters<typeof buildQuestion>[1] = {}): RollbackQuestion => buildQuestion(catalogue, overrides);
const blockers = (one: RollbackQuestion): string[] => assessRollback(one).blockers.map(({ code }) => code);
const warnings = (one: RollbackQuestion): string[] => assessRollback(one).warnings.map(({ code }) => code);

test("nothing speaks against an ordinary rollback", () => {
  expect(assessRollback(question())).toMatchObject({ blockers: [], warnings: [], database: { direction: "NONE", losesData: false } });
});

describe("each gate alone gives its own code", () => {
  const gates: [string, Parameters<typeof buildQuestion>[1]][] = [
    ["ROLLBACK_DISABLED_FOR_INSTALLATION", { settings: { rollbackEnabled: false } }],
    ["DAG_ONLY_DEPLOYMENT_DISABLED", { settings: { dagOnlyDeployment: false } }],
    ["UPDATE_IMAGE_ENDPOINT_DISABLED", { settings: { updateDeploymentImageEndpoint: false } }],
    ["ROLLBACK_DISABLED_FOR_DEPLOYMENT", { deployment: buildDeployment({ rollbackEnabled: false }) }],
    ["PERMISSION_DENIED", { mayPush: false }],
    ["DAG_DEPLOYMENT_TYPE_UNSUPPORTED", { deployment: buildDeployment({ dagDeploymentType: "volume" }) }],
    ["RUNTIME_TOO_OLD", { deployment: buildDeployment({ runtimeVersion: "4.2.9" }) }],
    ["TARGET_DAG_DEPLOYMENT_TYPE_UNSUPPORTED", { target: buildRevision({ dagDeploymentType: "git_sync" }) }],
    ["TARGET_RUNTIME_TOO_OLD", { target: buildRevision({ runtimeVersion: "4.2.9", airflowVersion: "2.2.5" }) }],
    ["TARGET_NOT_DEPLOYED", { target: buildRevision({ status: "FAILED" }) }],
    ["TARGET_EXPIRED", { target: buildRevision({ createdAt: minusDays(NOW, 91) }) }],
  ];
  test.each(gates)("%s", (code, overrides) => {
    expect(blockers(question(overrides))).toEqual([code]);
  });

  test("all at once are all reported", () => {
    const all = question({
      settings: { rollbackEnabled: false, dagOnlyDeployment: false, updateDeploymentImageEndpoint: false },
      mayPush: false,
      deployment: buildDeployment({ rollbackEnabled: false, dagDeploymentType: "volume", runtimeVersion: "4.2.9" }),
      target: buildRevision({
        dagDeploymentType: "git_sync",
        runtimeVersion: "4.2.9",
        airflowVersion: "2.2.5",
        status: "SUPERSEDED",
        createdAt: minusDays(NOW, 91),
      }),
    });
    expect(blockers(all)).toEqual(gates.map(([code]) => code));
  });
});

describe("the floor", () => {
  const versions: [string | null, string | null, boolean][] = [
    ["5.0.0", null, true],
    ["5.0.0-base", null, true],
    ["9.1.0-python-3.11-slim-base", null, true],
    ["3.0-1", null, true],
    ["4.2.9", null, false],
    ["3.0.0", null, false],
    ["5.0.0-rc1", null, false],
    ["not a version", "2.9.0", false],
    [null, "2.3.0", true],
    [null, "2.3.0-5", true],
    [null, "2.3.0-5-onbuild", true],
    [null, "2.2.5", false],
    [null, "2.3.0rc1", false],
    [null, "NA", false],
    [null, null, false],
  ];
  test.each(versions)("Runtime %s, Airflow %s as what runs: %s", (runtimeVersion, airflowVersion, passes) => {
    const one = question({ deployment: buildDeployment({ runtimeVersion, airflowVersion }) });
    expect(blockers(one).includes("RUNTIME_TOO_OLD")).toBe(!passes);
  });
  test.each(versions)("Runtime %s, Airflow %s as the target: %s", (runtimeVersion, airflowVersion, passes) => {
    const one = question({ target: buildRevision({ runtimeVersion, airflowVersion }) });
    expect(blockers(one).includes("TARGET_RUNTIME_TOO_OLD")).toBe(!passes);
  });
});

describe("mechanisms", () => {
  const pairs = DAG_DEPLOYMENT_TYPES.flatMap((from) => DAG_DEPLOYMENT_TYPES.map((to) => [from, to] as const));
  test.each(pairs)("from %s to %s", (from, to) => {
    const found = blockers(
      question({ deployment: buildDeployment({ dagDeploymentType: from }), target: buildRevision({ dagDeploymentType: to }) }),
    );
    const supported = new Set(["image", "dag_deploy"]);
    expect(found.includes("DAG_DEPLOYMENT_TYPE_UNSUPPORTED")).toBe(!supported.has(from));
    expect(found.includes("TARGET_DAG_DEPLOYMENT_TYPE_UNSUPPORTED")).toBe(!supported.has(to));
  });
});

describe("age", () => {
  const oldest = minusDays(NOW, SETTINGS.retentionDays);
  test.each([
    ["exactly 90 × 24 hours", oldest, false, false],
    ["1 ms more", plusMs(oldest, -1), false, true],
    ["pinned", minusDays(NOW, 400), true, false],
  ])("%s", (_name, createdAt, pinned, expired) => {
    expect(blockers(question({ target: buildRevision({ createdAt, pinned }) })).includes("TARGET_EXPIRED")).toBe(expired);
  });
});

describe("what runs already", () => {
  const current = buildRevision({ number: 3 });
  test("the current revision is refused", () => {
    expect(blockers(question({ current, head: current, target: current }))).toEqual(["TARGET_IS_CURRENT"]);
  });
  test("so is what the current one restored, over any number of rollbacks", () => {
    const original = buildRevision({ number: 1 });
    const restored = buildRevision({ number: 3, originId: original.id, imageDigest: null });
    expect(blockers(question({ current: restored, head: restored, target: { ...original, imageDigest: null } }))).toEqual(["TARGET_IS_CURRENT"]);
  });
  test("so is the same digest", () => {
    const twin = buildRevision({ number: 1, imageDigest: current.imageDigest });
    expect(blockers(question({ current, head: current, target: twin }))).toEqual(["TARGET_IS_CURRENT"]);
  });
  test("but not the same tag without a digest, which may have been moved", () => {
    const [a, b] = [1, 3].map((number) => buildRevision({ number, imageTag: "latest", imageDigest: null }));
    expect(blockers(question({ current: b!, head: b!, target: a! }))).toEqual([]);
  });
  test("the current one may be put in place again after the newest failed", () => {
    const head = buildRevision({ number: 4, status: "FAILED" });
    expect(blockers(question({ current, head, target: current }))).toEqual([]);
  });
  test("a double click is refused while the first rolls out", () => {
    const target = buildRevision({ number: 1 });
    const head = buildRevision({ number: 4, status: "INITIALIZED", originId: target.id });
    expect(blockers(question({ current, head, target }))).toEqual(["TARGET_IS_CURRENT"]);
  });
  test("another deploy under way blocks nothing", () => {
    const head = buildRevision({ number: 4, status: "INITIALIZED" });
    expect(blockers(question({ current, head, target: buildRevision({ number: 1 }) }))).toEqual([]);
  });
});

describe("the metadata database", () => {
  test.each([
    ["11.5.0", "11.4.0", "DOWNGRADE"],
    ["10.0.0", "9.17.0", "DOWNGRADE"],
    ["11.4.0", "11.0.0", "NONE"],
    ["9.17.0", "9.0.0", "NONE"],
    ["13.0.0", "12.12.0", "NONE"],
    ["11.4.0", "11.5.0", "UPGRADE"],
  ])("from %s to %s: %s", (from, to, direction) => {
    const runs = { runtimeVersion: from, airflowVersion: null };
    const one = question({ deployment: buildDeployment(runs), target: buildRevision({ runtimeVersion: to, airflowVersion: null }) });
    const assessment = assessRollback(one);
    expect(assessment.database.direction).toBe(direction);
    const wanted = direction === "DOWNGRADE" ? ["DATABASE_DOWNGRADE"] : [];
    const settings = SETTINGS;
    expect(refusals(assessment, { acknowledgeDataLoss: false, settings }).map(({ code }) => code)).toEqual(wanted);
    expect(refusals(assessment, { acknowledgeDataLoss: true, settings })).toEqual([]);
    expect(refusals(assessment, { acknowledgeDataLoss: false, settings: { ...settings, requireDataLossAcknowledgement: false } })).toEqual([]);
  });
});

describe("Airflow 3 to 2", () => {
  const to2 = buildRevision({ runtimeVersion: "13.0.0", airflowVersion: "2.11.0" });
  test.each([
    ["3.1-2", false, true],
    ["3.1-2", true, false],
    ["3.1-1", true, true],
    ["3.0-1", true, true],
  ])("from %s with the flag %s is refused: %s", (runtimeVersion, allowAirflow3To2, refused) => {
    const one = question({ deployment: buildDeployment({ runtimeVersion }), target: to2, settings: { allowAirflow3To2 } });
    expect(blockers(one).includes("TARGET_RUNTIME_TOO_OLD")).toBe(refused);
  });
});

describe("warnings", () => {
  test.each<[string, Parameters<typeof buildQuestion>[1]]>([
    ["RESTRICTED_RUNTIME", { target: buildRevision({ runtimeVersion: "11.0.0" }) }],
    ["DEPRECATED_RUNTIME", { target: buildRevision({ runtimeVersion: "7.6.0" }) }],
    ["UNKNOWN_RELEASE", { target: buildRevision({ runtimeVersion: "11.99.0" }) }],
    ["SKIPS_DEPLOYS", { target: buildRevision({ number: 1 }) }],
    ["MUTABLE_IMAGE_TAG", { target: buildRevision({ number: 2, imageDigest: null }) }],
    ["IMAGE_UNVERIFIED", { settings: { imageValidation: true } }],
  ])("%s", (code, overrides) => {
    const one = question(overrides);
    expect(warnings(one)).toContain(code);
    expect(blockers(one)).toEqual([]);
  });
});
