import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pino } from "pino";
import { parse } from "yaml";
import {
  ask,
  askInVain,
  createDeployment,
  createWorkspace,
  deployImage,
  neverAborted,
  serviceAccountWith,
  signUpAdmin,
  uniqueName,
} from "../builders/api";
import { uploadDags } from "../builders/dags";
import { CREATE, DELETE, LIST, NO_IDS, READ, SET_VARIABLES } from "../builders/deployment-operations";
import { fingerprint } from "../builders/fingerprint";
import { startTestApp, type TestApp } from "../world/app";

const JOB = { id: "1", attempt: 1, signal: neverAborted, log: pino({ level: "silent" }) };

let world: TestApp;
let admin: string;
beforeAll(async () => {
  world = await startTestApp();
  admin = await signUpAdmin(world);
});
afterAll(() => world.close());

describe("deleteDeployment", () => {
  const rows = async (id: string): Promise<unknown> => {
    const [row] = await world.database.sql.query(
      `SELECT (SELECT count(*) FROM deployment WHERE id = $1) AS deployments, (SELECT count(*) FROM deploy_revision WHERE deployment_id = $1) AS revisions,
         (SELECT count(*) FROM role_binding WHERE deployment_id = $1) AS bindings, (SELECT count(*) FROM service_account WHERE deployment_id = $1) AS accounts`,
      [id],
    );
    return row;
  };

  test.each([
    [
      "for good, the history goes at once and the release name is free again",
      true,
      { deployments: 0, revisions: 0, bindings: 0, accounts: 0 },
    ],
    ["softly, the history is kept for a while", false, { deployments: 1, revisions: 1, bindings: 0, accounts: 0 }],
    ["without a word, it is softly", null, { deployments: 1, revisions: 1, bindings: 0, accounts: 0 }],
  ])("%s", async (_name, deploymentHardDelete, left) => {
    const deployment = await createDeployment(world, admin);
    await deployImage(world, admin, deployment);
    const { token } = await serviceAccountWith(world, admin, "DEPLOYMENT_ADMIN", { deploymentId: deployment.id });
    expect(await ask(world, DELETE, { deploymentId: deployment.id, deploymentHardDelete }, token)).toEqual({
      deleteDeployment: { id: deployment.id },
    });

    expect(await rows(deployment.id)).toEqual(left);
    expect((await askInVain(world, READ, { id: deployment.id }, admin)).message).toBe("Deployment not found");
    expect((await askInVain(world, READ, { id: deployment.id }, token)).code).toBe("UNAUTHENTICATED");
    expect(
      (await ask(world, LIST, { workspaceId: deployment.workspaceId, releaseName: deployment.releaseName }, admin))
        .workspaceDeployments,
    ).toEqual([]);
    const jobs = await world.database.sql.query<{ payload: unknown }>(
      `SELECT payload FROM graphile_worker._private_jobs JOIN graphile_worker._private_tasks t ON t.id = task_id
       WHERE identifier = 'deployments.remove' AND payload->>'releaseName' = $1`,
      [deployment.releaseName],
    );
    const { releaseName, id: deploymentId } = deployment;
    // The namespace is named after the release.
    expect(jobs).toEqual([{ payload: { releaseName, namespace: releaseName, deploymentId } }]);
    const again = {
      label: "Again",
      workspaceId: deployment.workspaceId,
      executor: "CeleryExecutor",
      releaseName: deployment.releaseName,
    };
    expect((await world.send(CREATE, again, admin)).errors?.[0]?.extensions.code).toBe(
      left.deployments === 0 ? undefined : "CONFLICT",
    );
  });

  test("is always for good where the installation says so", async () => {
    const hard = await startTestApp({ database: world.database, env: { DEPLOYMENTS__HARD_DELETE_DEPLOYMENT: "true" } });
    try {
      const deployment = await createDeployment(world, admin);
      await ask(hard, DELETE, { deploymentId: deployment.id, deploymentHardDelete: false }, admin);
      expect(await rows(deployment.id)).toMatchObject({ deployments: 0 });
    } finally {
      await hard.close();
    }
  });

  test("for good takes bundles and their files along, but not files that another Deployment has too", async () => {
    const dagDeployment = { type: "dag_deploy" };
    const [gone, stays] = [
      await createDeployment(world, admin, { dagDeployment }),
      await createDeployment(world, admin, { dagDeployment }),
    ];
    const shared = await uploadDags(world, admin, gone, { "shared.py": "1" });
    await uploadDags(world, admin, stays, { "shared.py": "1" });
    const own = await uploadDags(world, admin, gone, { "own.py": uniqueName("content") });
    await ask(
      world,
      SET_VARIABLES,
      {
        deploymentId: gone.id,
        releaseName: gone.releaseName,
        environmentVariables: [{ key: "TOKEN", value: "s3cret", isSecret: true }],
      },
      admin,
    );
    const archiveOf = async ({ dagTarballVersion }: { dagTarballVersion: string }): Promise<string> => {
      const [row] = await world.database.sql.query<{ sha256: string }>(
        "SELECT archive_sha256 AS sha256 FROM dag_bundle WHERE version = $1",
        [dagTarballVersion],
      );
      return row?.sha256 ?? "";
    };
    const [sharedArchive, ownArchive] = [await archiveOf(shared), await archiveOf(own)];
    const { store } = world.app.features.bundles;
    expect(await store.stat(ownArchive)).not.toBeNull();

    await ask(world, DELETE, { deploymentId: gone.id, deploymentHardDelete: true }, admin);
    expect(
      await world.database.sql.query(
        "SELECT 1 FROM deployment WHERE id = $1 UNION ALL SELECT 1 FROM dag_bundle WHERE deployment_id = $1",
        [gone.id],
      ),
    ).toEqual([]);
    await world.app.features.jobs["deployments.remove"]?.({ releaseName: gone.releaseName }, JOB);
    expect(await store.stat(ownArchive)).toBeNull();
    expect(await store.stat(sharedArchive)).not.toBeNull();
  });

  test("for good leaves alone what a new Deployment of the same name runs by the time that the job comes, or comes again", async () => {
    const gone = await createDeployment(world, admin);
    await deployImage(world, admin, gone);
    await deployImage(world, admin, gone);
    await ask(world, DELETE, { deploymentId: gone.id, deploymentHardDelete: true }, admin);
    const variables = {
      label: "Again",
      workspaceId: gone.workspaceId,
      executor: "CeleryExecutor",
      releaseName: gone.releaseName,
      runtimeVersion: "11.4.0",
    };
    const { createDeployment: again } = await ask(world, CREATE, variables, admin);
    await deployImage(world, admin, again);
    for (const _attempt of [1, 2]) {
      await world.app.features.jobs["deployments.remove"]?.(
        { releaseName: gone.releaseName, deploymentId: gone.id },
        JOB,
      );
      expect(
        parse(await readFile(join(world.dataDir, "releases", gone.releaseName, "values.yaml"), "utf8")),
      ).toMatchObject({ labels: { deployment: again.id } });
    }
  });

  test("for good keeps the release name for the Workspace, where its images and logs are from", async () => {
    const gone = await createDeployment(world, admin);
    const elsewhere = await createWorkspace(world, admin);
    const create = (workspaceId: string) =>
      world.send(
        CREATE,
        {
          label: "Again",
          workspaceId,
          executor: "CeleryExecutor",
          releaseName: gone.releaseName,
          runtimeVersion: "11.4.0",
        },
        admin,
      );
    // Several at once: one that waits for the deletion does not get the name either.
    const [deleted, ...tried] = await Promise.all([
      world.send(DELETE, { deploymentId: gone.id, deploymentHardDelete: true }, admin),
      ...Array.from({ length: 4 }, () => create(elsewhere)),
    ]);
    expect(deleted.errors).toBeUndefined();
    expect(tried.map(({ errors }) => errors?.[0]?.extensions.code)).toEqual(Array(4).fill("CONFLICT"));
    expect((await create(elsewhere)).errors?.[0]).toMatchObject({
      message: `A deleted Deployment of another Workspace had the release name ${gone.releaseName}`,
      extensions: { code: "CONFLICT" },
    });
    const { data, errors } = await create(gone.workspaceId);
    expect(errors).toBeUndefined();
    await ask(world, DELETE, { deploymentId: data.createDeployment.id, deploymentHardDelete: true }, admin);
    expect((await create(elsewhere)).errors?.[0]?.extensions.code).toBe("CONFLICT");
  });

  test("five times at once works once", async () => {
    const { id } = await createDeployment(world, admin);
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => world.send(DELETE, { deploymentId: id, deploymentHardDelete: true }, admin)),
    );
    expect(answers.map(({ errors }) => errors?.[0]?.message ?? "OK").sort()).toEqual([
      ...Array<string>(4).fill("Deployment not found"),
      "OK",
    ]);
  });

  test("of what is not there changes nothing", async () => {
    const before = await fingerprint(world);
    for (const deploymentId of NO_IDS()) {
      expect(await askInVain(world, DELETE, { deploymentId }, admin)).toMatchObject({
        code: "NOT_FOUND",
        message: "Deployment not found",
      });
    }
    expect(await fingerprint(world)).toEqual(before);
  });
});
