import { InvalidInput, NotFound } from "../../../kernel/errors";
import type { Actor, GrantReach } from "../../../kernel/permissions";
import { parseWorkspacePatch, requireVisible, visibleWorkspaceIds, type Workspace } from "./workspace";

const actorWith = (...grants: [GrantReach, string][]): Actor => ({
  id: "ada",
  type: "USER",
  label: "Ada",
  grants: grants.map(([reach, permission]) => ({ reach, permissions: new Set([permission]) })),
});

const system: GrantReach = { kind: "system" };
const on = (workspaceId: string): GrantReach => ({ kind: "workspace", workspaceId });
const at = "2024-07-15T09:30:00.000Z";
const mine: Workspace = { id: "mine", label: "Mine", description: null, createdAt: at, updatedAt: at };

describe("parseWorkspacePatch", () => {
  it.each([
    ["nothing", {}, {}],
    ["unknown keys", { color: "red" }, {}],
    ["a label", { label: " New " }, { label: "New" }],
    ["a description", { description: "Why" }, { description: "Why" }],
    ["a description to clear", { description: null }, { description: null }],
    ["an empty description", { description: "" }, { description: null }],
  ])("reads %s", (_, payload, patch) => expect(parseWorkspacePatch(payload)).toEqual(patch));

  it.each([[null], ["text"], [[]], [{ label: null }], [{ label: 1 }], [{ label: "" }], [{ description: {} }]])(
    "refuses %j",
    (payload) => expect(() => parseWorkspacePatch(payload)).toThrow(InvalidInput),
  );
});

describe("who sees a Workspace", () => {
  it.each<[string, Actor, "all" | string[], boolean]>([
    ["nobody without a grant", actorWith(), [], false],
    ["a role on it", actorWith([on("mine"), "workspace.config.get"]), ["mine"], true],
    [
      "two roles on it",
      actorWith([on("mine"), "workspace.config.get"], [on("mine"), "workspace.config.get"]),
      ["mine"],
      true,
    ],
    ["a role on another one", actorWith([on("other"), "workspace.config.get"]), ["other"], false],
    ["a role that lost the permission", actorWith([on("mine"), "workspace.users.get"]), [], false],
    ["a system permission in a Workspace role", actorWith([on("mine"), "system.workspace.get"]), [], false],
    ["a system role", actorWith([system, "system.workspace.get"]), "all", true],
    ["a Workspace permission in a system role", actorWith([system, "workspace.config.get"]), "all", true],
    ["what every user has", actorWith([system, "system.workspace.create"]), [], false],
    [
      "Deployments only",
      actorWith([{ kind: "deploymentsOf", workspaceId: "mine" }, "deployment.config.get"]),
      [],
      false,
    ],
  ])("%s", (_, actor, ids, sees) => {
    expect(visibleWorkspaceIds(actor)).toEqual(ids);
    const look = (): Workspace => requireVisible(actor, mine);
    if (sees) expect(look()).toBe(mine);
    else expect(look).toThrow(new NotFound("Workspace"));
  });

  it("is told the same of one that does not exist", () => {
    expect(() => requireVisible(actorWith([system, "system.workspace.get"]), null)).toThrow(new NotFound("Workspace"));
  });
});
