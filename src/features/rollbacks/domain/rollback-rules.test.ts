import {
  buildDeployment,
  buildHold,
  buildQuestion,
  buildRevision,
  NOW,
  shippedCatalogue,
} from "../../../../test/builders/domain";
import { minusDays, plusMs } from "../../../kernel/instant";
import { DAG_DEPLOYMENT_TYPES, type Deployment } from "../../deployments/domain";
import type { RuntimeCatalogue } from "../../runtimes/domain";
import { type DeployRevision, DEPLOY_STATUSES } from "../../deploys/domain";
import type { RollbackIssueCode } from "./rollback-issues";
import { RollbackRefused } from "./rollback-refused";
import type { RollbackQuestion } from "./rollback-question";
import { assessRollback, refusals } from "./rollback-rules";

let catalogue: RuntimeCatalogue;
beforeAll(async () => {
  catalogue = await shippedCatalogue();
});

const WITHOUT_IMAGE = { imageRepository: null, imageTag: null, imageDigest: null };

type Overrides = Parameters<typeof buildQuestion>[1];

const assess = (overrides: Overrides = {}) => assessRollback(buildQuestion(catalogue, overrides));
const blockers = (overrides: Overrides = {}): RollbackIssueCode[] => assess(overrides).blockers.map(({ code }) => code);
const warnings = (overrides: Overrides = {}): RollbackIssueCode[] => assess(overrides).warnings.map(({ code }) => code);

/** The question for a rollback between two versions, with everything else in order. */
function between(
  from: Partial<Deployment>,
  to: Partial<DeployRevision>,
): { deployment: Deployment; target: DeployRevision } {
  const deployment = buildDeployment(from);
  return { deployment, target: buildRevision({ deploymentId: deployment.id, number: 2, airflowVersion: null, ...to }) };
}

test("nothing speaks against a rollback to a fresh revision with a digest", () => {
  const { blockers: found, warnings: cautions, database } = assess();
  expect({ found, cautions, direction: database.direction }).toEqual({ found: [], cautions: [], direction: "NONE" });
});

describe("each gate alone gives exactly its code", () => {
  const old = minusDays(NOW, 91);
  test.each<[RollbackIssueCode, () => Overrides]>([
    ["ROLLBACK_DISABLED_FOR_INSTALLATION", () => ({ settings: { rollbackEnabled: false } })],
    ["DAG_ONLY_DEPLOYMENT_DISABLED", () => ({ settings: { dagOnlyDeployment: false } })],
    ["UPDATE_IMAGE_ENDPOINT_DISABLED", () => ({ settings: { updateDeploymentImageEndpoint: false } })],
    ["ROLLBACK_DISABLED_FOR_DEPLOYMENT", () => ({ deployment: buildDeployment({ rollbackEnabled: false }) })],
    ["PERMISSION_DENIED", () => ({ mayPush: false })],
    ["DAG_DEPLOYMENT_TYPE_UNSUPPORTED", () => ({ deployment: buildDeployment({ dagDeploymentType: "git_sync" }) })],
    ["DAG_DEPLOYMENT_TYPE_UNSUPPORTED", () => ({ deployment: buildDeployment({ dagDeploymentType: "volume" }) })],
    ["RUNTIME_TOO_OLD", () => between({ runtimeVersion: "4.2.9" }, { runtimeVersion: "5.0.0" })],
    ["TARGET_DAG_DEPLOYMENT_TYPE_UNSUPPORTED", () => ({ target: buildRevision({ dagDeploymentType: "git_sync" }) })],
    ["TARGET_RUNTIME_TOO_OLD", () => between({ runtimeVersion: "5.0.0" }, { runtimeVersion: "4.2.9" })],
    ["TARGET_NOT_DEPLOYED", () => ({ target: buildRevision({ status: "FAILED" }) })],
    ["TARGET_EXPIRED", () => ({ target: buildRevision({ createdAt: old }) })],
    ["TARGET_QUARANTINED", () => ({ hold: buildHold() })],
    [
      "TARGET_IS_CURRENT",
      () => {
        const current = buildRevision({ number: 3 });
        return { current, target: current };
      },
    ],
  ])("%s", (code, overrides) => {
    const asked = overrides();
    expect(blockers(asked)).toEqual([code]);
    const [found] = assess(asked).blockers;
    expect(found?.message).toMatch(/^\w.*\.$/);
  });
});

test("all gates at once are all reported, the installation's first", () => {
  const deployment = buildDeployment({ rollbackEnabled: false, dagDeploymentType: "volume", runtimeVersion: "4.2.9" });
  const target = buildRevision({
    dagDeploymentType: "git_sync",
    runtimeVersion: "4.2.8",
    status: "FAILED",
    createdAt: minusDays(NOW, 400),
  });
  const found = blockers({
    settings: { rollbackEnabled: false, dagOnlyDeployment: false, updateDeploymentImageEndpoint: false },
    mayPush: false,
    deployment,
    current: { ...target, number: 3 },
    head: { ...target, number: 3, status: "DEPLOYED" },
    target,
  });
  expect(found).toEqual([
    "ROLLBACK_DISABLED_FOR_INSTALLATION",
    "DAG_ONLY_DEPLOYMENT_DISABLED",
    "UPDATE_IMAGE_ENDPOINT_DISABLED",
    "ROLLBACK_DISABLED_FOR_DEPLOYMENT",
    "PERMISSION_DENIED",
    "DAG_DEPLOYMENT_TYPE_UNSUPPORTED",
    "RUNTIME_TOO_OLD",
    "TARGET_DAG_DEPLOYMENT_TYPE_UNSUPPORTED",
    "TARGET_RUNTIME_TOO_OLD",
    "TARGET_NOT_DEPLOYED",
    "TARGET_IS_CURRENT",
    "TARGET_EXPIRED",
  ]);
});

describe("the target's DAG bundle", () => {
  const version = "2024-01-12T18:32:20.589893Z";
  const target = buildRevision({ dagDeploymentType: "dag_deploy", dagTarballVersion: version });

  test.each([
    ["STORED", true, []],
    ["MISSING", true, ["DAG_BUNDLE_MISSING"]],
    ["CORRUPT", true, ["DAG_BUNDLE_MISSING"]],
    ["MISSING", false, []],
    ["CORRUPT", false, []],
    [null, true, []],
  ] as const)("that is %s, looked for: %s", (bundle, dagTarballVersionValidation, expected) => {
    expect(blockers({ target, bundle, settings: { dagTarballVersionValidation } })).toEqual(expected);
  });
});

describe("an image", () => {
  const unverified = { kind: "UNVERIFIED", because: "NO_ANSWER", reason: "The registry is away" } as const;

  test.each([
    [{ kind: "FOUND", digest: "sha256:1" } as const, [], []],
    [{ kind: "MISSING" } as const, ["IMAGE_MISSING"], []],
    [unverified, [], ["IMAGE_UNVERIFIED"]],
    [null, [], ["IMAGE_UNVERIFIED"]],
  ])("that is %j", (image, blocking, warning) => {
    expect([blockers({ image }), warnings({ image })]).toEqual([blocking, warning]);
  });

  test("that nobody could look for says why", () => {
    expect(assess({ image: unverified }).warnings[0]?.message).toContain("The registry is away");
  });
});

test("what runs is a target again once a change of the mechanism has taken its DAGs away", () => {
  const current = buildRevision({ dagDeploymentType: "dag_deploy", dagTarballVersion: "2024-01-12T18:32:20.589893Z" });
  const of = (changes: object) => blockers({ deployment: buildDeployment(changes), current, target: current });
  expect(of({ dagDeploymentType: "dag_deploy", dagTarballVersion: current.dagTarballVersion })).toEqual([
    "TARGET_IS_CURRENT",
  ]);
  expect(of({ dagDeploymentType: "image", dagTarballVersion: null })).toEqual([]);
  expect(of({ dagDeploymentType: "dag_deploy", dagTarballVersion: null })).toEqual([]);
});

test("every combination of the seven plain switches reports exactly those that are off", () => {
  const plain = [
    ["ROLLBACK_DISABLED_FOR_INSTALLATION", { settings: { rollbackEnabled: false } }],
    ["DAG_ONLY_DEPLOYMENT_DISABLED", { settings: { dagOnlyDeployment: false } }],
    ["UPDATE_IMAGE_ENDPOINT_DISABLED", { settings: { updateDeploymentImageEndpoint: false } }],
    ["ROLLBACK_DISABLED_FOR_DEPLOYMENT", { deployment: { rollbackEnabled: false } }],
    ["PERMISSION_DENIED", { mayPush: false }],
    ["DAG_DEPLOYMENT_TYPE_UNSUPPORTED", { deployment: { dagDeploymentType: "volume" as const } }],
    ["TARGET_NOT_DEPLOYED", { target: { status: "SUPERSEDED" as const } }],
  ] as const;
  for (let mask = 0; mask < 1 << plain.length; mask++) {
    const off = plain.filter((_, bit) => (mask & (1 << bit)) !== 0);
    const merged = off.reduce<{ settings: object; deployment: object; target: object; mayPush: boolean }>(
      (all, [, one]) => ({
        settings: { ...all.settings, ...("settings" in one && one.settings) },
        deployment: { ...all.deployment, ...("deployment" in one && one.deployment) },
        target: { ...all.target, ...("target" in one && one.target) },
        mayPush: all.mayPush && !("mayPush" in one),
      }),
      { settings: {}, deployment: {}, target: {}, mayPush: true },
    );
    const found = blockers({
      settings: merged.settings,
      mayPush: merged.mayPush,
      deployment: buildDeployment(merged.deployment),
      target: buildRevision({ number: 2, ...merged.target }),
    });
    expect(found).toEqual(off.map(([code]) => code));
  }
});

describe("the oldest version", () => {
  const versions: [name: string, versions: Pick<Deployment, "runtimeVersion" | "airflowVersion">, passes: boolean][] = [
    ["Runtime 5.0.0", { runtimeVersion: "5.0.0", airflowVersion: null }, true],
    ["Runtime 5.0.0-base", { runtimeVersion: "5.0.0-base", airflowVersion: null }, true],
    ["Runtime 5.0.1", { runtimeVersion: "5.0.1", airflowVersion: null }, true],
    ["Runtime v5.0.0", { runtimeVersion: "v5.0.0", airflowVersion: null }, true],
    [
      "Runtime 11.0.0-python-3.11-slim-base",
      { runtimeVersion: "11.0.0-python-3.11-slim-base", airflowVersion: null },
      true,
    ],
    ["Runtime 4.2.9", { runtimeVersion: "4.2.9", airflowVersion: null }, false],
    ["Runtime 4.2.9 with Airflow 2.9.0 beside it", { runtimeVersion: "4.2.9", airflowVersion: "2.9.0" }, false],
    ["Runtime 5.0.0-rc1", { runtimeVersion: "5.0.0-rc1", airflowVersion: null }, false],
    ["Runtime 3.0.0", { runtimeVersion: "3.0.0", airflowVersion: null }, false],
    ["Airflow 2.3.0", { runtimeVersion: null, airflowVersion: "2.3.0" }, true],
    ["Airflow 2.3.0-5", { runtimeVersion: null, airflowVersion: "2.3.0-5" }, true],
    ["Airflow 2.3.0-5-onbuild", { runtimeVersion: null, airflowVersion: "2.3.0-5-onbuild" }, true],
    ["Airflow 2.10.0", { runtimeVersion: null, airflowVersion: "2.10.0" }, true],
    ["Airflow 2.2.5", { runtimeVersion: null, airflowVersion: "2.2.5" }, false],
    ["Airflow 2.3.0rc1", { runtimeVersion: null, airflowVersion: "2.3.0rc1" }, false],
    ["nothing known", { runtimeVersion: null, airflowVersion: null }, false],
    ["NA", { runtimeVersion: "NA", airflowVersion: null }, false],
    ["NA, but Airflow 2.9.0", { runtimeVersion: "NA", airflowVersion: "2.9.0" }, true],
    ["an empty text", { runtimeVersion: "", airflowVersion: null }, false],
    ["no version at all", { runtimeVersion: "latest", airflowVersion: null }, false],
    ["an unreadable Runtime over a fine Airflow", { runtimeVersion: "latest", airflowVersion: "2.9.0" }, false],
    ["an unreadable Airflow", { runtimeVersion: null, airflowVersion: "2.x" }, false],
  ];

  test.each(versions)("of what runs: %s", (_name, running, passes) => {
    const found = blockers(between(running, { runtimeVersion: "11.5.0" }));
    expect(found).toEqual(passes ? [] : ["RUNTIME_TOO_OLD"]);
  });

  test.each(versions)("of the target: %s", (_name, wanted, passes) => {
    const found = blockers(between({ runtimeVersion: "11.5.0" }, wanted));
    expect(found).toEqual(passes ? [] : ["TARGET_RUNTIME_TOO_OLD"]);
  });

  test("one character decides: 3.0-1 is Airflow 3, 3.0.0 is Airflow 2.1", () => {
    expect(blockers(between({ runtimeVersion: "3.0-7" }, { runtimeVersion: "3.0-1" }))).toEqual([]);
    expect(blockers(between({ runtimeVersion: "11.5.0" }, { runtimeVersion: "3.0-1" }))).toEqual([]);
    expect(blockers(between({ runtimeVersion: "11.5.0" }, { runtimeVersion: "3.0.0" }))).toEqual([
      "TARGET_RUNTIME_TOO_OLD",
    ]);
    expect(blockers(between({ runtimeVersion: "3.0-1" }, { runtimeVersion: "3.0-7" }))).toEqual([]);
    expect(blockers(between({ runtimeVersion: "3.0.0" }, { runtimeVersion: "11.5.0" }))).toEqual(["RUNTIME_TOO_OLD"]);
  });

  test("a Certified image may be a target of a Runtime", () => {
    expect(blockers(between({ runtimeVersion: "5.0.8" }, { runtimeVersion: null, airflowVersion: "2.3.4-6" }))).toEqual(
      [],
    );
  });
});

describe("every pair of mechanisms", () => {
  const supported = ["image", "dag_deploy"];
  const pairs = DAG_DEPLOYMENT_TYPES.flatMap((from) => DAG_DEPLOYMENT_TYPES.map((to) => [from, to] as const));
  test.each(pairs)("%s to %s", (from, to) => {
    const expected = [
      ...(supported.includes(from) ? [] : ["DAG_DEPLOYMENT_TYPE_UNSUPPORTED"]),
      ...(supported.includes(to) ? [] : ["TARGET_DAG_DEPLOYMENT_TYPE_UNSUPPORTED"]),
    ];
    const found = blockers({
      deployment: buildDeployment({ dagDeploymentType: from }),
      target: buildRevision({ number: 2, dagDeploymentType: to }),
    });
    expect(found).toEqual(expected);
  });
});

describe("the reach back in time", () => {
  test.each([1, 90, 365])("of %i days includes its boundary", (retentionDays) => {
    const boundary = minusDays(NOW, retentionDays);
    const at = (createdAt: string, pinned = false): RollbackIssueCode[] =>
      blockers({ settings: { retentionDays }, target: buildRevision({ number: 2, createdAt, pinned }) });
    expect(at(boundary)).toEqual([]);
    expect(at(plusMs(boundary, 1))).toEqual([]);
    expect(at(plusMs(boundary, -1))).toEqual(["TARGET_EXPIRED"]);
    expect(at(plusMs(boundary, -1), true)).toEqual([]);
    expect(at("2001-01-01T00:00:00.000Z", true)).toEqual([]);
  });

  test("the refusal names the date and the days", () => {
    const createdAt = plusMs(minusDays(NOW, 90), -1);
    expect(assess({ target: buildRevision({ number: 2, createdAt }) }).blockers[0]?.message).toContain(
      `${createdAt}; rollbacks reach 90 days`,
    );
  });
});

describe("only what was rolled out", () => {
  test.each(DEPLOY_STATUSES)("%s", (status) => {
    expect(blockers({ target: buildRevision({ number: 2, status }) })).toEqual(
      status === "DEPLOYED" ? [] : ["TARGET_NOT_DEPLOYED"],
    );
  });
});

describe("TARGET_IS_CURRENT", () => {
  const original = buildRevision({ number: 1 });
  const current = buildRevision({ number: 4 });
  const failed = buildRevision({ number: 5, status: "FAILED" });
  const rollbackOf = (
    { id: rollbackFromId, ...content }: DeployRevision,
    overrides: Partial<DeployRevision> = {},
  ): DeployRevision => buildRevision({ ...content, trigger: "ROLLBACK", rollbackFromId, ...overrides });
  const undigested = { imageDigest: null };

  test.each<[string, Pick<RollbackQuestion, "current" | "head" | "target">, boolean]>([
    ["the very revision", { current, head: current, target: current }, true],
    ["another one", { current, head: current, target: original }, false],
    ["what the current rollback restored", { current: rollbackOf(original), head: current, target: original }, true],
    [
      "the end of a chain of rollbacks",
      { current: rollbackOf(rollbackOf(original)), head: current, target: original },
      true,
    ],
    [
      "an earlier rollback to the same content",
      { current: rollbackOf(original), head: current, target: rollbackOf(original) },
      true,
    ],
    [
      "the same digest and versions under another tag",
      {
        current: { ...current, imageDigest: "sha256:a" },
        head: current,
        target: buildRevision({ imageDigest: "sha256:a" }),
      },
      true,
    ],
    [
      "the same digest from another repository",
      {
        current: { ...current, imageDigest: "sha256:a" },
        head: current,
        target: buildRevision({ imageDigest: "sha256:a", imageRepository: "elsewhere/airflow" }),
      },
      false,
    ],
    [
      "the same digest with other DAGs",
      {
        current: { ...current, imageDigest: "sha256:a" },
        head: current,
        target: buildRevision({ imageDigest: "sha256:a", dagTarballVersion: "2024" }),
      },
      false,
    ],
    [
      "the same digest under another mechanism",
      {
        current: { ...current, imageDigest: "sha256:a" },
        head: current,
        target: buildRevision({ imageDigest: "sha256:a", dagDeploymentType: "dag_deploy" }),
      },
      false,
    ],
    [
      "the same tag without digests, which may have moved",
      {
        current: { ...current, ...undigested, imageTag: "t" },
        head: current,
        target: buildRevision({ ...undigested, imageTag: "t" }),
      },
      false,
    ],
    ["what runs, after the newest deploy failed", { current, head: failed, target: current }, false],
    [
      "what runs, while something else is rolled out",
      { current, head: buildRevision({ number: 5, status: "INITIALIZED" }), target: current },
      false,
    ],
    [
      "what runs, after the newest deploy was cancelled",
      { current, head: buildRevision({ number: 5, status: "SUPERSEDED" }), target: current },
      true,
    ],
    [
      "what the head is rolling out, at a double click",
      { current, head: rollbackOf(original, { number: 5, status: "INITIALIZED" }), target: original },
      true,
    ],
    [
      "something else than what the head is rolling out",
      { current, head: buildRevision({ number: 5, status: "INITIALIZED" }), target: original },
      false,
    ],
    [
      "what a failed head tried to restore",
      { current, head: rollbackOf(original, { number: 5, status: "FAILED" }), target: original },
      false,
    ],
    ["anything, before the first deploy was finished", { current: null, head: failed, target: original }, false],
  ])("%s", (_name, { current: running, head, target }, refused) => {
    const found = blockers({ current: running, head, target });
    expect(found).toEqual(refused ? ["TARGET_IS_CURRENT"] : []);
  });

  test("a double click is told apart from what runs", () => {
    const head = rollbackOf(original, { number: 5, status: "INITIALIZED" });
    expect(assess({ current, head, target: original }).blockers[0]?.message).toBe(
      "Revision 5 is rolling out exactly this content.",
    );
    expect(assess({ current, head: current, target: current }).blockers[0]?.message).toContain("(revision 4)");
  });
});

describe("the metadata database", () => {
  test.each([
    ["11.5.0", "11.4.0", "DOWNGRADE"],
    ["10.9.0", "9.17.0", "DOWNGRADE"],
    ["11.4.0", "11.0.0", "NONE"],
    ["9.17.0", "9.0.0", "NONE"],
    ["9.17.0", "9.5.0", "NONE"],
    ["13.0.0", "12.12.0", "NONE"],
    ["13.5.0", "12.12.0", "NONE"],
    ["11.4.0", "11.5.0", "UPGRADE"],
  ])("%s to %s: %s", (from, to, direction) => {
    const question = buildQuestion(catalogue, between({ runtimeVersion: from }, { runtimeVersion: to }));
    const assessment = assessRollback(question);
    expect(assessment.blockers).toEqual([]);
    expect(assessment.database.direction).toBe(direction);
    expect(assessment.warnings.some(({ code }) => code === "DATABASE_DOWNGRADE")).toBe(direction === "DOWNGRADE");

    const { settings } = question;
    const codes = (acknowledgeDataLoss: boolean, requireDataLossAcknowledgement: boolean): string[] =>
      refusals(assessment, { acknowledgeDataLoss, settings: { ...settings, requireDataLossAcknowledgement } }).map(
        ({ code }) => code,
      );
    expect(codes(false, true)).toEqual(direction === "DOWNGRADE" ? ["DATABASE_DOWNGRADE"] : []);
    expect(codes(true, true)).toEqual([]);
    expect(codes(false, false)).toEqual([]);
    expect(codes(true, false)).toEqual([]);
  });

  test("goes by the current revision, which knows the Airflow of an unknown Runtime", () => {
    const deployment = buildDeployment({ runtimeVersion: "11.99.0" });
    const current = buildRevision({ number: 3, runtimeVersion: "11.99.0", airflowVersion: "2.9.2" });
    const target = buildRevision({ number: 2, runtimeVersion: "11.4.0", airflowVersion: "2.9.1" });
    expect(assess({ deployment, current, target }).database.losesData).toBe(true);
    expect(assess({ deployment, current: null, head: null, target }).database.direction).toBe("DOWNGRADE");
  });

  test("blockers come before the missing acknowledgement, and acknowledging lifts no blocker", () => {
    const question = buildQuestion(catalogue, {
      ...between({ runtimeVersion: "11.5.0" }, { runtimeVersion: "11.4.0" }),
      mayPush: false,
    });
    const assessment = assessRollback(question);
    const { settings } = question;
    expect(refusals(assessment, { acknowledgeDataLoss: false, settings }).map(({ code }) => code)).toEqual([
      "PERMISSION_DENIED",
      "DATABASE_DOWNGRADE",
    ]);
    expect(refusals(assessment, { acknowledgeDataLoss: true, settings }).map(({ code }) => code)).toEqual([
      "PERMISSION_DENIED",
    ]);
  });
});

describe("from Airflow 3 back to 2", () => {
  test.each([
    ["3.1-2", "13.0.0", false, true],
    ["3.1-2", "13.0.0", true, false],
    ["3.2-1", "11.5.0", true, false],
    ["3.1-1", "13.0.0", true, true],
    ["3.0-1", "13.0.0", true, true],
    ["3.0-7", "13.0.0", false, true],
    ["3.1-2", "3.0-1", false, false],
    ["13.0.0", "3.0-1", false, false],
  ])("%s to %s, allowed by the installation: %s", (from, to, allowAirflow3To2, refused) => {
    const found = blockers({
      ...between({ runtimeVersion: from }, { runtimeVersion: to }),
      settings: { allowAirflow3To2 },
    });
    expect(found).toEqual(refused ? ["TARGET_RUNTIME_TOO_OLD"] : []);
  });

  test("says which flag would allow it, and none where nothing would", () => {
    const remedy = (from: string): string | null | undefined =>
      assess(between({ runtimeVersion: from }, { runtimeVersion: "13.0.0" })).blockers[0]?.remedy;
    expect(remedy("3.1-2")).toContain("allowAirflow3To2");
    expect(remedy("3.0-1")).toBeNull();
  });
});

describe("each warning alone", () => {
  test.each<[RollbackIssueCode, () => Overrides]>([
    [
      "DATABASE_DOWNGRADE",
      () => between({ runtimeVersion: "11.5.0" }, { runtimeVersion: "11.4.0", airflowVersion: "2.9.1" }),
    ],
    ["RESTRICTED_RUNTIME", () => between({ runtimeVersion: "9.17.0" }, { runtimeVersion: "9.5.0" })],
    ["DEPRECATED_RUNTIME", () => between({ runtimeVersion: "13.0.0" }, { runtimeVersion: "12.12.0" })],
    [
      "UNKNOWN_RELEASE",
      () => between({ runtimeVersion: "11.5.0" }, { runtimeVersion: "11.99.0", airflowVersion: "2.9.2" }),
    ],
    ["SKIPS_DEPLOYS", () => ({ target: buildRevision({ number: 1 }) })],
    ["MUTABLE_IMAGE_TAG", () => ({ target: buildRevision({ number: 2, imageDigest: null }) })],
    ["IMAGE_UNVERIFIED", () => ({ image: null })],
  ])("%s", (code, overrides) => {
    const asked = overrides();
    expect(warnings(asked)).toEqual([code]);
    expect(blockers(asked)).toEqual([]);
  });

  test("a release can be restricted and deprecated, and all come together, the database's first", () => {
    const found = warnings({
      ...between({ runtimeVersion: "11.5.0" }, { runtimeVersion: "8.0.0", imageDigest: null, number: 1 }),
      image: null,
      current: buildRevision({ number: 7 }),
      previousDeployedNumber: 5,
    });
    expect(found).toEqual([
      "DATABASE_DOWNGRADE",
      "RESTRICTED_RUNTIME",
      "DEPRECATED_RUNTIME",
      "SKIPS_DEPLOYS",
      "MUTABLE_IMAGE_TAG",
      "IMAGE_UNVERIFIED",
    ]);
  });

  test("an Airflow without Runtime is known by its schema", () => {
    const to = (airflowVersion: string): string[] =>
      warnings(between({ runtimeVersion: null, airflowVersion: "2.9.2" }, { runtimeVersion: null, airflowVersion }));
    expect(to("2.9.2")).toEqual([]);
    expect(to("2.9.99")).toEqual(["UNKNOWN_RELEASE"]);
  });

  test("the deploy before the current one skips nothing, and failed ones in between do not count", () => {
    expect(
      warnings({
        current: buildRevision({ number: 9 }),
        previousDeployedNumber: 2,
        target: buildRevision({ number: 2 }),
      }),
    ).toEqual([]);
    expect(warnings({ previousDeployedNumber: null, target: buildRevision({ number: 1 }) })).toEqual([]);
  });

  test("a revision without an image has no tag to move", () => {
    const target = buildRevision({ number: 2, ...WITHOUT_IMAGE });
    const current = buildRevision({ number: 3, ...WITHOUT_IMAGE, dagTarballVersion: "x" });
    expect(warnings({ target, current, image: null })).toEqual([]);
  });
});

describe("a target without an image of its own", () => {
  const warningOf = (overrides: Overrides) => assess({ image: null, ...overrides }).warnings[0];

  test.each<[Partial<DeployRevision>, string]>([
    [{ runtimeVersion: "11.5.0" }, "the plain one of Runtime 11.5.0 (quay.io/astronomer/astro-runtime:11.5.0)"],
    [
      { runtimeVersion: null, airflowVersion: "2.9.2" },
      "the plain one of Airflow 2.9.2 (quay.io/astronomer/ap-airflow:2.9.2-onbuild)",
    ],
  ])("takes the image away that runs, says the warning: %j", (versions, words) => {
    const found = warningOf({ target: buildRevision({ number: 2, ...WITHOUT_IMAGE, ...versions }) });
    expect(found).toMatchObject({ code: "NO_IMAGE", message: expect.stringContaining(words) });
  });

  test("takes nothing away where none runs", () => {
    const target = buildRevision({ number: 2, ...WITHOUT_IMAGE });
    const current = buildRevision({ number: 3, ...WITHOUT_IMAGE, dagTarballVersion: "x" });
    expect(warningOf({ target, current })).toBeUndefined();
  });
});

test("a refusal carries every issue, and the first one's code", () => {
  const { blockers: found } = assess({ mayPush: false, target: buildRevision({ number: 2, status: "FAILED" }) });
  const [first, ...others] = found;
  if (first === undefined) throw new Error("nothing was refused");
  const refused = new RollbackRefused([first, ...others]);
  expect(refused.code).toBe("PERMISSION_DENIED");
  expect(refused.message).toBe(found.map(({ message }) => message).join(" "));
  expect(refused.details).toEqual({ issues: found });
});
