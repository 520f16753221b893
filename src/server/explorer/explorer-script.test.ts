import { createContext, Script } from "node:vm";
import { EXAMPLES } from "./explorer-examples";
import { EXPLORER_SCRIPT } from "./explorer-script";

class Element {
  value = "";
  textContent = "";
  disabled = false;
  readonly listeners = new Map<string, () => unknown>();
  add = (): void => undefined;
  focus = (): void => undefined;
  addEventListener(event: string, listener: () => unknown): void {
    this.listeners.set(event, listener);
  }
}

/** The page without a browser; `answers` are taken in turn. */
function openPage(...answers: object[]) {
  const elements = new Map<string, Element>();
  const element = (id: string): Element => {
    const found = elements.get(id) ?? new Element();
    elements.set(id, found);
    return found;
  };
  const asked: { query: string; variables: Record<string, unknown> }[] = [];
  const context = createContext({
    document: { getElementById: element, addEventListener: () => undefined },
    location: { pathname: "/v1", origin: "http://localhost" },
    performance,
    Option: class {},
    fetch: async (_url: string, { body }: { body: string }) => {
      asked.push(JSON.parse(body));
      const text = JSON.stringify(answers.shift() ?? {});
      return { status: 200, headers: new Map(), text: async () => text };
    },
  });
  new Script(EXPLORER_SCRIPT).runInContext(context);
  return {
    asked,
    choose(title: string) {
      element("examples").value = String(EXAMPLES.findIndex((example) => example.title === title));
      element("examples").listeners.get("change")?.();
    },
    edit(id: "query" | "variables", text: string) {
      element(id).value = text;
    },
    run: () => element("run").listeners.get("click")?.(),
    query: () => element("query").value,
    variables: () => JSON.parse(element("variables").value) as Record<string, unknown>,
    status: () => element("status").textContent,
  };
}

const revisions = (id: string) => ({ data: { deployRevisions: { nodes: [{ id, rollback: { allowed: true } }] } } });
const WORKSPACES = { data: { workspaces: [{ id: "w" }] } };
const DEPLOYMENTS = { data: { workspaceDeployments: [{ id: "first" }, { id: "second" }] } };

test("ids of answers go into the next example", async () => {
  const page = openPage(WORKSPACES, DEPLOYMENTS, revisions("r1"));
  await page.run();
  page.choose("Deployments of a Workspace");
  expect(page.variables()).toEqual({ workspaceUuid: "w" });
  await page.run();
  page.choose("Deploy history");
  expect(page.variables()).toEqual({ deploymentUuid: "first" });
  await page.run();
  page.choose("Plan a rollback");
  expect(page.variables()).toEqual({ deploymentUuid: "first", deployRevisionId: "r1" });
});

test("a Deployment that was put in by hand goes along with its own revision", async () => {
  const page = openPage(WORKSPACES, DEPLOYMENTS, revisions("r1"), revisions("r2"), DEPLOYMENTS);
  await page.run();
  page.choose("Deployments of a Workspace");
  await page.run();
  page.choose("Deploy history");
  await page.run();
  page.edit("variables", '{"deploymentUuid": "second"}');
  await page.run();
  page.choose("Plan a rollback");
  expect(page.variables()).toEqual({ deploymentUuid: "second", deployRevisionId: "r2" });
  // The list again: the one that was chosen is in there.
  page.choose("Deployments of a Workspace");
  await page.run();
  page.choose("Roll back");
  expect(page.variables()).toMatchObject({ deploymentUuid: "second", deployRevisionId: "r2" });
});

test("another Deployment without a target leaves no revision of the first", async () => {
  const page = openPage(revisions("r1"), { data: { deployRevisions: { nodes: [] } } });
  page.choose("Deploy history");
  page.edit("variables", '{"deploymentUuid": "first"}');
  await page.run();
  page.edit("variables", '{"deploymentUuid": "second"}');
  await page.run();
  page.choose("Plan a rollback");
  expect(page.variables()).toEqual({ deploymentUuid: "second", deployRevisionId: "put a deploy revision's id here" });
});

test("what was refused teaches nothing", async () => {
  const page = openPage({ errors: [{ message: "Deployment not found" }], data: null });
  page.choose("Deploy history");
  page.edit("variables", '{"deploymentUuid": "wrong"}');
  await page.run();
  page.choose("Plan a rollback");
  expect(page.variables()["deploymentUuid"]).toBe("put a Deployment's id here");
});

test("an edited query is kept, and the page says so", () => {
  const page = openPage();
  page.edit("query", "{ self { username } }");
  page.choose("Deploy history");
  expect(page.status()).toContain("Your changes of “My Workspaces” are kept");
  page.choose("My Workspaces");
  expect(page.query()).toBe("{ self { username } }");
});
