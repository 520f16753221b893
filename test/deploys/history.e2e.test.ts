import { minusDays, plusMs } from "../../src/kernel/instant";
import { startTestApp, type TestApp } from "../world/app";
import {
  ask,
  askInVain,
  createDeployment,
  deployImage,
  rollBack,
  ROLLBACK,
  serviceAccountWith,
  signUp,
  signUpAdmin,
  userWith,
  type Account,
  type BuiltDeployment,
} from "../builders/api";
import { TestClock } from "../builders/clock";
import { ScriptedDriver } from "../builders/drivers";

const FIELDS = `id number type status trigger description image imageTag createdAt isCurrent isRollback
  rollbackFromId rolledBackId rollbackFrom { id number } rolledBack { id number } createdBy { id type label }`;

const PAGE = `query ($deploymentUuid: Uuid!, $first: Int, $after: String, $filter: DeployRevisionFilter) {
  deployRevisions(deploymentUuid: $deploymentUuid, first: $first, after: $after, filter: $filter) {
    nodes { ${FIELDS} } edges { cursor node { id } } totalCount
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;
const NUMBERED = `query ($deploymentUuid: Uuid!, $take: Int, $pageNumber: Int, $cursor: Uuid, $filter: DeployRevisionFilter) {
  paginatedDeployRevisions(deploymentUuid: $deploymentUuid, take: $take, pageNumber: $pageNumber, cursor: $cursor, filter: $filter) {
    count deployRevisions { id number }
  }
}`;
const ONE = `query ($id: Uuid!) { deployRevision(id: $id) { ${FIELDS} deployment { id } } }`;

interface Line {
  readonly id: string;
  readonly number: number;
  readonly type: string;
  readonly status: string;
  readonly trigger: string;
  readonly description: string | null;
  readonly imageTag: string;
  readonly createdAt: string;
  readonly isCurrent: boolean;
  readonly isRollback: boolean;
  readonly rollbackFromId: string | null;
  readonly rolledBackId: string | null;
  readonly rollbackFrom: { readonly id: string; readonly number: number } | null;
  readonly createdBy: { readonly id: string; readonly type: string; readonly label: string };
}

describe("the deploy history", () => {
  let world: TestApp;
  let admin: string;
  let ci: Account;
  let deployment: BuiltDeployment;
  /** Newest first, as the API answers the whole of it at once. */
  let all: Line[];

  const page = async (variables: object, token = admin) =>
    (await ask(world, PAGE, { deploymentUuid: deployment.id, ...variables }, token)).deployRevisions;
  const numbered = async (variables: object, token = admin) =>
    (await ask(world, NUMBERED, { deploymentUuid: deployment.id, ...variables }, token)).paginatedDeployRevisions;
  const refused = (variables: object, query = PAGE, token = admin) =>
    askInVain(world, query, { deploymentUuid: deployment.id, ...variables }, token);
  const line = (number: number): Line => {
    const found = all.find((one) => one.number === number);
    if (found === undefined) throw new Error(`no revision ${number}`);
    return found;
  };

  beforeAll(async () => {
    const driver = new ScriptedDriver();
    const clock = new TestClock("2024-07-15T09:30:00.000Z", 1_000);
    world = await startTestApp({ driver, clock: clock.now, env: { WORKERS__RETRY_COUNT: "1" } });
    admin = await signUpAdmin(world);
    deployment = await createDeployment(world, admin);
    ci = await serviceAccountWith(world, admin, "DEPLOYMENT_EDITOR", { deploymentId: deployment.id }, "pipeline");
    driver.reject("broken");

    const image = (tag: string): string => `registry.example.com/team/airflow:${tag}`;
    const first = await deployImage(world, admin, deployment, { image: image("v1"), description: "first" });
    await deployImage(world, ci.token, deployment, { image: image("v2"), description: "100% new" });
    await deployImage(world, ci.token, deployment, { image: image("v3_final") });
    await deployImage(world, admin, deployment, { image: image("broken"), description: "back\\slash" });
    await rollBack(world, admin, deployment.id, first.id, { description: "Undo everything" });
    for (let n = 6; n <= 20; n++)
      await deployImage(world, n % 2 === 0 ? admin : ci.token, deployment, { image: image(`v${n}`) });
    await deployImage(world, admin, deployment, { image: image("v21"), rollOut: false });
    await world.send(
      `mutation ($id: Uuid!, $image: String!) { upsertDeployment(deploymentUuid: $id, image: $image, label: "Renamed") { id } }`,
      { id: deployment.id, image: image("V22") },
      admin,
    );
    const { nodes } = await page({ first: 100 });
    all = nodes;
    // Noise that must never show: another Deployment with revisions of its own.
    const other = await createDeployment(world, admin);
    await deployImage(world, admin, other, { image: image("v1") });
  });
  afterAll(() => world.close());

  test("comes newest first and without gaps", () => {
    expect(all.map(({ number }) => number)).toEqual(Array.from({ length: 22 }, (_, index) => 22 - index));
    expect(line(21).status).toBe("SUPERSEDED");
    expect(line(22)).toMatchObject({ status: "INITIALIZED", trigger: "UPSERT" });
    expect(line(4).status).toBe("FAILED");
  });

  test.each([1, 2, 5, 7, 11, 21, 22, 23])("pages of %i by cursor put together are the whole list", async (first) => {
    const seen: string[] = [];
    let after: string | null = null;
    for (let guard = 0; guard < 30; guard++) {
      const { nodes, edges, pageInfo, totalCount } = await page({ first, after });
      expect(totalCount).toBe(22);
      expect(edges.map(({ node }: { node: { id: string } }) => node.id)).toEqual(nodes.map(({ id }: Line) => id));
      expect(pageInfo.hasPreviousPage).toBe(after !== null);
      expect(pageInfo.startCursor).toBe(edges[0].cursor);
      expect(pageInfo.endCursor).toBe(edges.at(-1).cursor);
      seen.push(...nodes.map(({ id }: Line) => id));
      expect(pageInfo.hasNextPage).toBe(seen.length < 22);
      if (!pageInfo.hasNextPage) break;
      after = pageInfo.endCursor;
    }
    expect(seen).toEqual(all.map(({ id }) => id));
  });

  test.each([1, 5, 11, 22, 50])("pages of %i by number put together are the whole list", async (take) => {
    const seen: string[] = [];
    for (let pageNumber = 0; pageNumber * take < 22 + take; pageNumber++) {
      const { count, deployRevisions } = await numbered({ take, pageNumber });
      expect(count).toBe(22);
      seen.push(...deployRevisions.map(({ id }: Line) => id));
    }
    expect(seen).toEqual(all.map(({ id }) => id));
  });

  test("a page behind a revision leaves it out, and goes on by number from there", async () => {
    const behind = await numbered({ take: 5, cursor: line(20).id });
    expect(behind.deployRevisions.map(({ number }: Line) => number)).toEqual([19, 18, 17, 16, 15]);
    const further = await numbered({ take: 5, cursor: line(20).id, pageNumber: 1 });
    expect(further.deployRevisions.map(({ number }: Line) => number)).toEqual([14, 13, 12, 11, 10]);
    expect((await numbered({ cursor: line(1).id })).deployRevisions).toEqual([]);
    expect((await numbered({ cursor: "" })).deployRevisions).toHaveLength(20);
  });

  test("a cursor holds its place while new lines come on top", async () => {
    const other = await createDeployment(world, admin);
    const ids = [];
    for (let n = 0; n < 4; n++) ids.unshift((await deployImage(world, admin, other)).id);
    const first = await page({ deploymentUuid: other.id, first: 2 });
    await deployImage(world, admin, other);
    const second = await page({ deploymentUuid: other.id, first: 2, after: first.pageInfo.endCursor });
    expect([...first.nodes, ...second.nodes].map(({ id }: Line) => id)).toEqual(ids);
  });

  test("an empty page", async () => {
    const empty = await createDeployment(world, admin);
    expect(await page({ deploymentUuid: empty.id })).toEqual({
      nodes: [],
      edges: [],
      totalCount: 0,
      pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
    });
    expect(await numbered({ deploymentUuid: empty.id })).toEqual({ count: 0, deployRevisions: [] });
  });

  describe("filters", () => {
    type Case = [name: string, filter: () => object, matches: (one: Line) => boolean];
    const cases: Case[] = [
      ["createdAfter leaves the boundary out", () => ({ createdAfter: line(5).createdAt }), (one) => one.number > 5],
      ["createdBefore leaves the boundary out", () => ({ createdBefore: line(5).createdAt }), (one) => one.number < 5],
      [
        "createdBefore in another time zone",
        () => ({ createdBefore: line(5).createdAt.replace("Z", "+00:00") }),
        (one) => one.number < 5,
      ],
      [
        "a span",
        () => ({ createdAfter: line(5).createdAt, createdBefore: line(9).createdAt }),
        (one) => one.number > 5 && one.number < 9,
      ],
      ["an empty span", () => ({ createdAfter: line(9).createdAt, createdBefore: line(5).createdAt }), () => false],
      ["one type", () => ({ types: ["IMAGE_AND_DAG"] }), () => true],
      ["a type that never came", () => ({ types: ["DAG_ONLY"] }), () => false],
      ["an empty list of types, which is any", () => ({ types: [] }), () => true],
      ["one status", () => ({ statuses: ["FAILED"] }), (one) => one.number === 4],
      ["two statuses", () => ({ statuses: ["FAILED", "SUPERSEDED"] }), (one) => one.number === 4 || one.number === 21],
      ["a trigger", () => ({ triggers: ["UPSERT"] }), (one) => one.number === 22],
      ["two triggers", () => ({ triggers: ["UPSERT", "ROLLBACK"] }), (one) => one.number === 22 || one.number === 5],
      ["who", () => ({ createdById: ci.id }), (one) => one.createdBy.id === ci.id],
      ["somebody unknown", () => ({ createdById: "nobody" }), () => false],
      ["rollbacks only", () => ({ rollbacksOnly: true }), (one) => one.number === 5],
      ["rollbacksOnly: false, which is any", () => ({ rollbacksOnly: false }), () => true],
      ["text in the description", () => ({ search: "undo" }), (one) => one.number === 5],
      ["text in the tag", () => ({ search: "V2" }), (one) => [2, 20, 21, 22].includes(one.number)],
      ["% as it is", () => ({ search: "0%" }), (one) => one.number === 2],
      ["% alone", () => ({ search: "%" }), (one) => one.number === 2],
      ["_ as it is", () => ({ search: "_" }), (one) => one.number === 3],
      ["a backslash as it is", () => ({ search: "\\" }), (one) => one.number === 4],
      ["a quote", () => ({ search: "' OR 1=1 --" }), () => false],
      ["spaces around", () => ({ search: "  undo  " }), (one) => one.number === 5],
      ["blank text, which is any", () => ({ search: "   " }), () => true],
      [
        "nulls, which are any",
        () => ({ types: null, statuses: null, search: null, createdById: null, rollbacksOnly: null }),
        () => true,
      ],
      [
        "everything at once",
        () => ({
          createdAfter: line(1).createdAt,
          createdBefore: line(20).createdAt,
          types: ["IMAGE_AND_DAG"],
          statuses: ["DEPLOYED"],
          triggers: ["IMAGE_ENDPOINT"],
          createdById: ci.id,
          search: "v1",
        }),
        (one) => one.createdBy.id === ci.id && one.imageTag.includes("v1") && one.number < 20,
      ],
      ["what contradicts itself", () => ({ rollbacksOnly: true, triggers: ["UPSERT"] }), () => false],
    ];

    test.each(cases)("%s", async (_name, filter, matches) => {
      const expected = all.filter(matches).map(({ number }) => number);
      const wanted = filter();
      const { nodes, totalCount } = await page({ first: 100, filter: wanted });
      expect(nodes.map(({ number }: Line) => number)).toEqual(expected);
      expect(totalCount).toBe(expected.length);
      const byNumber = await numbered({ take: 100, filter: wanted });
      expect(byNumber.deployRevisions.map(({ number }: Line) => number)).toEqual(expected);
      expect(byNumber.count).toBe(expected.length);
    });

    test("hold while paging", async () => {
      const filter = { createdById: ci.id };
      const expected = all.filter(({ createdBy }) => createdBy.id === ci.id).map(({ number }) => number);
      const seen: number[] = [];
      let after: string | null = null;
      do {
        const { nodes, pageInfo }: { nodes: Line[]; pageInfo: { hasNextPage: boolean; endCursor: string } } =
          await page({ first: 3, after, filter });
        seen.push(...nodes.map(({ number }) => number));
        after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
      } while (after !== null);
      expect(seen).toEqual(expected);
    });

    test("the same through the Deployment", async () => {
      const { deployment: found } = await ask(
        world,
        `query ($id: String!, $filter: DeployRevisionFilter) { deployment(where: { id: $id }) {
          deployRevisions(first: 3, filter: $filter) { totalCount nodes { number } } currentRevision { number } status image } }`,
        { id: deployment.id, filter: { createdById: ci.id } },
        admin,
      );
      const own = all.filter(({ createdBy }) => createdBy.id === ci.id);
      expect(found.deployRevisions.totalCount).toBe(own.length);
      expect(found.deployRevisions.nodes).toEqual(own.slice(0, 3).map(({ number }) => ({ number })));
      expect(found).toMatchObject({
        currentRevision: { number: 20 },
        status: "deploying",
        image: "registry.example.com/team/airflow:v20",
      });
    });
  });

  describe("bad input", () => {
    test.each([
      ["first 0", PAGE, { first: 0 }, "first: has to be 1 or more"],
      ["first negative", PAGE, { first: -5 }, "first: has to be 1 or more"],
      ["first no whole number", PAGE, { first: 1.5 }, "Int cannot represent non-integer value"],
      ["first as text", PAGE, { first: "5" }, "Int cannot represent"],
      ["a cursor that is none", PAGE, { after: "nonsense" }, "after: is not a cursor"],
      ["a cursor without id", PAGE, { after: Buffer.from("5:").toString("base64url") }, "after: is not a cursor"],
      [
        "a negative cursor",
        PAGE,
        { after: Buffer.from(`-5:${"0".repeat(36)}`).toString("base64url") },
        "after: is not a cursor",
      ],
      [
        "a cursor too large",
        PAGE,
        { after: Buffer.from(`99999999999:${"0".repeat(36)}`).toString("base64url") },
        "after: is not a cursor",
      ],
      ["take 0", NUMBERED, { take: 0 }, "take: has to be 1 or more"],
      ["take negative", NUMBERED, { take: -1 }, "take: has to be 1 or more"],
      ["pageNumber negative", NUMBERED, { pageNumber: -1 }, "pageNumber: counts from 0"],
      ["a malformed cursor", NUMBERED, { cursor: "nonsense" }, "cursor: is not a revision of this Deployment"],
      [
        "an unknown cursor",
        NUMBERED,
        { cursor: "01900000-0000-7000-8000-000000000000" },
        "cursor: is not a revision of this Deployment",
      ],
      ["a status that is none", PAGE, { filter: { statuses: ["DONE"] } }, "DeployStatus"],
      [
        "an instant that is none",
        PAGE,
        { filter: { createdAfter: "yesterday" } },
        "DateTime takes an RFC 3339 instant",
      ],
      [
        "an instant without zone",
        PAGE,
        { filter: { createdAfter: "2024-07-15T09:30:00" } },
        "DateTime takes an RFC 3339 instant",
      ],
      ["a search too long", PAGE, { filter: { search: "x".repeat(201) } }, "filter.search: has at most 200 characters"],
      ["a search with a null character", PAGE, { filter: { search: "a\0b" } }, "filter: "],
    ])("%s", async (_name, query, variables, message) => {
      const refusal = await refused(variables, query);
      expect(refusal.code).toBe("BAD_USER_INPUT");
      expect(refusal.message).toContain(message);
    });

    test.each([
      ["the year 0", { createdAfter: "0000-01-01T00:00:00Z" }, 22],
      ["the end of the year 9999, west of here", { createdBefore: "9999-12-31T23:59:59-14:00" }, 22],
      ["the start of the year 1, east of here", { createdAfter: "0001-01-01T00:00:00+14:00" }, 22],
      ["half a surrogate pair", { search: "\ud800" }, 0],
    ])("%s is no fault of ours", async (_name, filter, found) => {
      const { data, errors } = await world.send(PAGE, { deploymentUuid: deployment.id, first: 100, filter }, admin);
      if (errors === undefined) expect(data.deployRevisions.totalCount).toBe(found);
      else expect(errors[0]?.extensions.code).toBe("BAD_USER_INPUT");
    });

    test("a page of more than anybody can read is refused before it costs anything", async () => {
      expect((await refused({ first: 2 ** 31 - 1 })).code).toBe("QUERY_TOO_COSTLY");
    });

    test("a huge page is capped", async () => {
      const small = await startTestApp({
        database: world.database,
        env: { DEPLOYMENTS__PAGINATION__DEPLOY_REVISION__MAX_TAKE: "4" },
      });
      try {
        const query =
          "query ($id: Uuid!) { deployRevisions(deploymentUuid: $id, first: 900) { nodes { number } pageInfo { hasNextPage } } }";
        const { deployRevisions } = await ask(small, query, { id: deployment.id }, admin);
        expect(deployRevisions.nodes).toEqual([22, 21, 20, 19].map((number) => ({ number })));
        expect(deployRevisions.pageInfo.hasNextPage).toBe(true);
        const taken = await ask(
          small,
          "query ($id: Uuid!) { paginatedDeployRevisions(deploymentUuid: $id, take: 900, pageNumber: 1) { deployRevisions { number } } }",
          { id: deployment.id },
          admin,
        );
        expect(taken.paginatedDeployRevisions.deployRevisions).toEqual([18, 17, 16, 15].map((number) => ({ number })));
      } finally {
        await small.close();
      }
    });

    test("a page number beyond everything is empty", async () => {
      expect((await numbered({ take: 100, pageNumber: 2 ** 31 - 1 })).deployRevisions).toEqual([]);
    });

    test.each(["", "nonsense", "01900000-0000-7000-8000-000000000000"])(
      "a Deployment that is none: %j",
      async (deploymentUuid) => {
        for (const query of [PAGE, NUMBERED]) {
          expect(await refused({ deploymentUuid }, query)).toMatchObject({
            code: "NOT_FOUND",
            message: "Deployment not found",
          });
        }
      },
    );

    test.each(["", "nonsense", "01900000-0000-7000-8000-000000000000"])("a revision that is none: %j", async (id) => {
      expect(await askInVain(world, ONE, { id }, admin)).toMatchObject({
        code: "NOT_FOUND",
        message: "Deploy revision not found",
      });
    });

    test("ids in capitals name the same", async () => {
      const deploymentUuid = deployment.id.toUpperCase();
      expect((await page({ deploymentUuid, first: 1 })).totalCount).toBe(22);
      expect((await numbered({ deploymentUuid, take: 1, cursor: line(9).id.toUpperCase() })).deployRevisions).toEqual([
        { id: line(8).id, number: 8 },
      ]);
      expect((await ask(world, ONE, { id: line(9).id.toUpperCase() }, admin)).deployRevision.number).toBe(9);
    });
  });

  describe("who may read it", () => {
    test("whoever sees the Deployment without deployment.deployRevisions.get is told so", async () => {
      const viewer = (await userWith(world, admin, "WORKSPACE_VIEWER", { workspaceId: deployment.workspaceId })).token;
      for (const query of [PAGE, NUMBERED]) {
        expect(await refused({}, query, viewer)).toMatchObject({
          code: "FORBIDDEN",
          message: "You do not have the appropriate permissions for that",
        });
      }
      expect((await askInVain(world, ONE, { id: line(1).id }, viewer)).code).toBe("FORBIDDEN");
    });

    test("whoever does not see it cannot tell it from one that does not exist", async () => {
      const stranger = (await signUp(world, { by: admin })).token;
      expect(await refused({}, PAGE, stranger)).toMatchObject({ code: "NOT_FOUND", message: "Deployment not found" });
      expect(await refused({}, NUMBERED, stranger)).toMatchObject({
        code: "NOT_FOUND",
        message: "Deployment not found",
      });
      expect(await refused({ cursor: line(1).id }, NUMBERED, stranger)).toMatchObject({
        code: "NOT_FOUND",
        message: "Deployment not found",
      });
      expect(await refused({ cursor: "nonsense" }, NUMBERED, stranger)).toMatchObject({
        code: "NOT_FOUND",
        message: "Deployment not found",
      });
      expect(await askInVain(world, ONE, { id: line(1).id }, stranger)).toMatchObject({
        code: "NOT_FOUND",
        message: "Deploy revision not found",
      });
    });

    test("nobody without a login", async () => {
      for (const [query, variables] of [
        [PAGE, {}],
        [NUMBERED, {}],
        [ONE, { id: line(1).id }],
      ] as const) {
        const { errors } = await world.send(query, { deploymentUuid: deployment.id, ...variables });
        expect(errors?.[0]?.extensions).toMatchObject({ code: "UNAUTHENTICATED", reason: "MISSING" });
      }
    });
  });

  describe("a line", () => {
    test("the current one is the newest that was rolled out, and only that", () => {
      expect(all.filter(({ isCurrent }) => isCurrent).map(({ number }) => number)).toEqual([20]);
    });

    test("a rollback names what it restored and what it took away", () => {
      expect(line(5)).toMatchObject({
        isRollback: true,
        trigger: "ROLLBACK",
        description: "Undo everything",
        imageTag: "v1",
        rollbackFromId: line(1).id,
        rollbackFrom: { id: line(1).id, number: 1 },
        rolledBackId: line(3).id,
        rolledBack: { id: line(3).id, number: 3 },
      });
      for (const one of all.filter(({ number }) => number !== 5)) {
        expect(one).toMatchObject({
          isRollback: false,
          rollbackFromId: null,
          rollbackFrom: null,
          rolledBackId: null,
          rolledBack: null,
        });
      }
    });

    test("alone is the same as in the list", async () => {
      for (const one of [line(1), line(5), line(22)]) {
        const { deployRevision } = await ask(world, ONE, { id: one.id }, admin);
        expect(deployRevision).toEqual({ ...one, deployment: { id: deployment.id } });
      }
    });

    test("keeps its author when the service account is deleted, and the filter still finds it", async () => {
      const other = await createDeployment(world, admin);
      const robot = await serviceAccountWith(world, admin, "DEPLOYMENT_EDITOR", { deploymentId: other.id }, "robot");
      const { id } = await deployImage(world, robot.token, other);
      await ask(
        world,
        "mutation ($id: Uuid!, $deploymentUuid: Uuid!) { deleteDeploymentServiceAccount(serviceAccountUuid: $id, deploymentUuid: $deploymentUuid) { id } }",
        { id: robot.id, deploymentUuid: other.id },
        admin,
      );
      const { nodes } = await page({ deploymentUuid: other.id, filter: { createdById: robot.id } });
      expect(nodes.map((one: Line) => [one.id, one.createdBy])).toEqual([
        [id, { id: robot.id, type: "SERVICE_ACCOUNT", label: "robot" }],
      ]);
    });

    test("of a deleted Deployment is gone", async () => {
      const other = await createDeployment(world, admin);
      const { id } = await deployImage(world, admin, other);
      await ask(
        world,
        "mutation ($id: Uuid!) { deleteDeployment(deploymentUuid: $id) { id } }",
        { id: other.id },
        admin,
      );
      expect((await askInVain(world, ONE, { id }, admin)).code).toBe("NOT_FOUND");
      expect((await refused({ deploymentUuid: other.id })).code).toBe("NOT_FOUND");
    });
  });
});

describe("the field, the plan and the mutation", () => {
  let world: TestApp;
  let admin: string;
  const clock = new TestClock("2024-07-15T09:30:00.000Z");
  beforeAll(async () => {
    const driver = new ScriptedDriver();
    driver.reject("broken");
    world = await startTestApp({ driver, clock: clock.now });
    admin = await signUpAdmin(world);
  });
  afterAll(() => world.close());

  const ISSUES = "allowed blockers { code message remedy } warnings { code message remedy }";
  const HISTORY = `query ($id: Uuid!) { deployRevisions(deploymentUuid: $id, first: 50) { nodes { id number rollback { ${ISSUES} } } } }`;
  const PLAN = `query ($id: Uuid!, $to: Uuid) { rollbackPlan(deploymentUuid: $id, deployRevisionId: $to) {
    ${ISSUES} from { number } to { id } database { direction losesData } skipped { number } unchanged
    changes { field from to changed } } }`;

  /** A history with every kind of line in it. */
  async function buildHistory(): Promise<BuiltDeployment> {
    const deployment = await createDeployment(world, admin, { runtimeVersion: "11.0.0" });
    const deploy = (tag: string, runtimeVersion: string, more: object = {}) =>
      deployImage(world, admin, deployment, { image: `registry.example.com/airflow:${tag}`, runtimeVersion, ...more });
    const imageDigest = `sha256:${"a".repeat(64)}`;
    clock.at = minusDays("2024-07-15T09:30:00.000Z", 91);
    await deploy("expired", "11.0.0");
    await deploy("pinned", "11.0.0");
    clock.at = "2024-07-15T09:30:00.000Z";
    await deploy("boundary", "11.0.0");
    await deploy("known", "11.4.0", { imageDigest });
    await deploy("broken", "11.5.0");
    const newest = await deploy("newest", "11.5.0");
    await deploy("moved", "11.5.0", { imageDigest: `sha256:${"b".repeat(64)}` });
    await rollBack(world, admin, deployment.id, newest.id);
    await world.database.sql.query(
      "UPDATE deploy_revision SET pinned = true WHERE deployment_id = $1 AND image_tag = 'pinned'",
      [deployment.id],
    );
    await world.database.sql.query(
      "UPDATE deploy_revision SET created_at = $2 WHERE deployment_id = $1 AND image_tag = 'boundary'",
      [deployment.id, minusDays(clock.at, 90)],
    );
    return deployment;
  }

  test.each([
    ["as things stand", async () => {}],
    ["a millisecond later", async () => clock.pass(1)],
    [
      "with the Deployment's switch off",
      async (deployment: BuiltDeployment) => {
        await world.database.sql.query("UPDATE deployment SET rollback_enabled = false WHERE id = $1", [deployment.id]);
      },
    ],
    [
      "under another mechanism",
      async (deployment: BuiltDeployment) => {
        await world.database.sql.query("UPDATE deployment SET dag_deployment_type = 'git_sync' WHERE id = $1", [
          deployment.id,
        ]);
      },
    ],
    [
      "after a failed deploy",
      async (deployment: BuiltDeployment) => {
        await deployImage(world, admin, deployment, { image: "registry.example.com/airflow:broken" });
      },
    ],
    [
      "during a deploy",
      async (deployment: BuiltDeployment) => {
        await deployImage(world, admin, deployment, { rollOut: false });
      },
    ],
  ])("agree on every revision %s", async (_name, change) => {
    const deployment = await buildHistory();
    await change(deployment);
    const { nodes } = (await ask(world, HISTORY, { id: deployment.id }, admin)).deployRevisions;
    expect(nodes.length).toBeGreaterThanOrEqual(8);

    for (const { id, rollback } of nodes) {
      const { rollbackPlan: plan } = await ask(world, PLAN, { id: deployment.id, to: id }, admin);
      expect({ allowed: plan.allowed, blockers: plan.blockers, warnings: plan.warnings }).toEqual(rollback);
      expect(plan.allowed).toBe(plan.blockers.length === 0);
      expect(plan.to.id).toBe(id);
      expect(plan.changes.map(({ field }: { field: string }) => field)).toEqual([
        "image",
        "runtimeVersion",
        "airflowVersion",
        "dagDeploymentType",
        "dagTarballVersion",
      ]);
    }
    // Each accepted one changes the history, so those that are refused come first.
    const refused = nodes.filter(({ rollback }: { rollback: { allowed: boolean } }) => !rollback.allowed);
    for (const { id, rollback } of refused) {
      const refusal = await askInVain(
        world,
        ROLLBACK,
        { deploymentUuid: deployment.id, deployRevisionId: id, description: "x", acknowledgeDataLoss: true },
        admin,
      );
      expect(refusal.code).toBe(rollback.blockers[0].code);
      expect(refusal.extensions["issues"]).toEqual(rollback.blockers);
    }
    const [allowed] = nodes.filter(({ rollback }: { rollback: { allowed: boolean } }) => rollback.allowed);
    if (allowed === undefined) return;
    const losesData = allowed.rollback.warnings.some(({ code }: { code: string }) => code === "DATABASE_DOWNGRADE");
    const unacknowledged = await world.send(
      ROLLBACK,
      { deploymentUuid: deployment.id, deployRevisionId: allowed.id, description: "x" },
      admin,
    );
    expect(unacknowledged.errors?.[0]?.extensions.code).toBe(losesData ? "DATABASE_DOWNGRADE" : undefined);
    if (losesData) await rollBack(world, admin, deployment.id, allowed.id);
    const { nodes: after } = (await ask(world, HISTORY, { id: deployment.id }, admin)).deployRevisions;
    expect(after.find(({ id }: { id: string }) => id === allowed.id).rollback.blockers[0].code).toBe(
      "TARGET_IS_CURRENT",
    );
  });

  test("the plan names what is left behind and what stays", async () => {
    const deployment = await buildHistory();
    const [target] = await world.database.sql.query<{ id: string }>(
      "SELECT id FROM deploy_revision WHERE deployment_id = $1 AND image_tag = 'pinned'",
      [deployment.id],
    );
    const { rollbackPlan: plan } = await ask(world, PLAN, { id: deployment.id, to: target?.id }, admin);
    expect(plan.from.number).toBe(8);
    expect(plan.skipped.map(({ number }: { number: number }) => number)).toEqual([7, 6, 4, 3]); // 5 failed
    expect(plan.database).toEqual({ direction: "DOWNGRADE", losesData: true });
    expect(plan.unchanged).toEqual(expect.arrayContaining(["executor", "environment variables"]));
    expect(plan.changes).toEqual([
      {
        field: "image",
        from: "registry.example.com/airflow:newest",
        to: "registry.example.com/airflow:pinned",
        changed: true,
      },
      { field: "runtimeVersion", from: "11.5.0", to: "11.0.0", changed: true },
      { field: "airflowVersion", from: "2.9.2", to: "2.9.0", changed: true },
      { field: "dagDeploymentType", from: "image", to: "image", changed: false },
      { field: "dagTarballVersion", from: null, to: null, changed: false },
    ]);
  });

  test("a plan writes nothing", async () => {
    const deployment = await buildHistory();
    const count = () =>
      world.database.sql.query(
        "SELECT (SELECT count(*) FROM deploy_revision) AS r, (SELECT count(*) FROM log_line) AS l, (SELECT max(updated_at) FROM deployment) AS u",
      );
    const before = await count();
    const { nodes } = (await ask(world, HISTORY, { id: deployment.id }, admin)).deployRevisions;
    for (const { id } of nodes) await ask(world, PLAN, { id: deployment.id, to: id }, admin);
    expect(await count()).toEqual(before);
  });

  test.each([
    ["an unknown revision", { to: "01900000-0000-7000-8000-000000000000" }, "Deploy revision not found"],
    ["a malformed revision", { to: "nonsense" }, "Deploy revision not found"],
    ["an unknown Deployment", { id: "01900000-0000-7000-8000-000000000000", to: "nonsense" }, "Deployment not found"],
    ["a malformed Deployment", { id: "nonsense", to: "nonsense" }, "Deployment not found"],
    ["an empty Deployment", { id: "", to: "nonsense" }, "Deployment not found"],
  ])("a plan for %s", async (_name, variables, message) => {
    const deployment = await createDeployment(world, admin);
    expect(await askInVain(world, PLAN, { id: deployment.id, ...variables }, admin)).toMatchObject({
      code: "NOT_FOUND",
      message,
    });
  });

  test("a plan for a revision of another Deployment", async () => {
    const mine = await createDeployment(world, admin);
    await deployImage(world, admin, mine);
    const { id } = await deployImage(world, admin, await createDeployment(world, admin));
    expect(await askInVain(world, PLAN, { id: mine.id, to: id }, admin)).toMatchObject({
      code: "NOT_FOUND",
      message: "Deploy revision not found",
    });
  });

  test("a plan before anything was rolled out", async () => {
    const deployment = await createDeployment(world, admin);
    const { id } = await deployImage(world, admin, deployment, { rollOut: false });
    expect((await askInVain(world, PLAN, { id: deployment.id, to: id }, admin)).code).toBe("NO_TARGET");
  });

  test("a plan without a target, where there is none to fall back to", async () => {
    const deployment = await createDeployment(world, admin);
    await deployImage(world, admin, deployment);
    for (const to of [undefined, ""]) {
      expect((await askInVain(world, PLAN, { id: deployment.id, to }, admin)).code).toBe("NO_TARGET");
    }
  });

  test("a viewer sees why not, and may read the plan", async () => {
    const deployment = await createDeployment(world, admin);
    const first = await deployImage(world, admin, deployment);
    await deployImage(world, admin, deployment);
    const viewer = await serviceAccountWith(world, admin, "DEPLOYMENT_VIEWER", { deploymentId: deployment.id });
    const { nodes } = (await ask(world, HISTORY, { id: deployment.id }, viewer.token)).deployRevisions;
    expect(
      nodes.every(({ rollback }: { rollback: { blockers: { code: string }[] } }) =>
        rollback.blockers.some(({ code }) => code === "PERMISSION_DENIED"),
      ),
    ).toBe(true);
    const { rollbackPlan: plan } = await ask(world, PLAN, { id: deployment.id, to: first.id }, viewer.token);
    expect(plan).toMatchObject({ allowed: false, blockers: [{ code: "PERMISSION_DENIED" }] });
  });

  test("what was current at the boundary of the reach stays a target for exactly 90 days", async () => {
    const deployment = await createDeployment(world, admin);
    const start = clock.at;
    const first = await deployImage(world, admin, deployment);
    await deployImage(world, admin, deployment);
    const blockersAt = async (at: string): Promise<string[]> => {
      clock.at = at;
      const { rollbackPlan: plan } = await ask(world, PLAN, { id: deployment.id, to: first.id }, admin);
      return plan.blockers.map(({ code }: { code: string }) => code);
    };
    const end = minusDays(start, -90);
    expect(await blockersAt(end)).toEqual([]);
    expect(await blockersAt(plusMs(end, 1))).toEqual(["TARGET_EXPIRED"]);
    clock.at = start;
  });
});
