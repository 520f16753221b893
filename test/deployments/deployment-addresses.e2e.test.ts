import { createDeployment, signUpAdmin } from "../builders/api";
import { cliParts, dagArchive, form } from "../builders/dags";
import { readDeployment } from "../builders/deployment-operations";
import { startTestApp } from "../world/app";

test.each<[string, Record<string, string>, string]>([
  [
    "the subdomain of the base domain",
    { HELM__BASE_DOMAIN: "example.com", DEPLOYMENTS__SUBDOMAIN: "airflow" },
    "https://airflow.example.com",
  ],
  [
    "where the configuration says",
    { HELM__BASE_DOMAIN: "example.com", DEPLOYMENTS__PUBLIC_URL: "http://10.0.0.1:8871/" },
    "http://10.0.0.1:8871",
  ],
])("Deployments are reached at %s", async (_name, env, base) => {
  const world = await startTestApp({ env });
  try {
    const admin = await signUpAdmin(world);
    const deployment = await createDeployment(world, admin, { dagDeployment: { type: "dag_deploy" } });
    const { urls } = await readDeployment(world, admin, deployment);
    expect(urls).toEqual(
      ["airflow", "flower", "dags/upload"].map((path) => ({
        type: path === "dags/upload" ? "dagserver" : path,
        url: `${base}/${deployment.releaseName}/${path}`,
      })),
    );
  } finally {
    await world.close();
  }
});

test("on localhost the address for uploads is this very process, and takes one as the command-line client sends it", async () => {
  const world = await startTestApp();
  try {
    const admin = await signUpAdmin(world);
    const deployment = await createDeployment(world, admin, { dagDeployment: { type: "dag_deploy" } });
    const { urls } = await readDeployment(world, admin, deployment);
    const { url } = urls.find(({ type }: { type: string }) => type === "dagserver");
    expect(url).toMatch(new RegExp(`^http://localhost:[1-9]\\d*/${deployment.releaseName}/dags/upload$`));

    const { headers, payload } = form(cliParts(dagArchive({ "orders.py": "1" }), "Deployed via <astro deploy --dags>"));
    const answer = await fetch(url.replace("localhost", "127.0.0.1"), {
      method: "POST",
      headers: { ...headers, authorization: admin },
      body: new Uint8Array(payload),
    });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ number: 1, type: "DAG_ONLY" });
  } finally {
    await world.close();
  }
});
