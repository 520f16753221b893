import { buildActor } from "../../test/builders/domain";
import { Forbidden, REFUSED_MESSAGE } from "./errors";
import {
  can,
  deploymentScope,
  heldPermissions,
  holds,
  requirePermission,
  SYSTEM_SCOPE,
  workspaceScope,
  type Actor,
  type Grant,
  type GrantReach,
  type Permission,
  type Scope,
} from "./permissions";

const SYSTEM: GrantReach = { kind: "system" };
const ON_WORKSPACE: GrantReach = { kind: "workspace", workspaceId: "ours" };
const ON_ITS_DEPLOYMENTS: GrantReach = { kind: "deploymentsOf", workspaceId: "ours" };
const ON_DEPLOYMENT: GrantReach = { kind: "deployment", deploymentId: "sales", workspaceId: "ours" };

const WORKSPACE = workspaceScope("ours");
const OTHER_WORKSPACE = workspaceScope("theirs");
const DEPLOYMENT = deploymentScope({ id: "sales", workspaceId: "ours" });
const SIBLING = deploymentScope({ id: "stock", workspaceId: "ours" });
const OTHER_DEPLOYMENT = deploymentScope({ id: "news", workspaceId: "theirs" });

const SCOPES: Readonly<Record<string, Scope>> = {
  "the system": SYSTEM_SCOPE,
  "the Workspace": WORKSPACE,
  "another Workspace": OTHER_WORKSPACE,
  "the Deployment": DEPLOYMENT,
  "another Deployment of the Workspace": SIBLING,
  "a Deployment elsewhere": OTHER_DEPLOYMENT,
};

const grant = (reach: GrantReach, ...permissions: string[]): Grant => ({ reach, permissions: new Set(permissions) });
const actorWith = (...grants: Grant[]): Actor => buildActor({ grants });

const scopesWhere = (actor: Actor, permission: string): string[] =>
  Object.entries(SCOPES).flatMap(([name, scope]) => (holds(actor, permission, scope) ? [name] : []));

describe("a grant of a permission holds", () => {
  test.each<[string, GrantReach, string, string[]]>([
    ["on the system: a system permission, everywhere", SYSTEM, "system.users.get", Object.keys(SCOPES)],
    ["on the system: a Workspace permission, everywhere", SYSTEM, "workspace.config.get", Object.keys(SCOPES)],
    ["on the system: a Deployment permission, everywhere", SYSTEM, "deployment.images.push", Object.keys(SCOPES)],
    [
      "on a Workspace: a Workspace permission, there and for what is in it",
      ON_WORKSPACE,
      "workspace.config.get",
      ["the Workspace", "the Deployment", "another Deployment of the Workspace"],
    ],
    ["on a Workspace: no Deployment permission", ON_WORKSPACE, "deployment.images.push", []],
    ["on a Workspace: no system permission", ON_WORKSPACE, "system.users.get", []],
    [
      "on the Deployments of a Workspace: a Deployment permission, on each of them",
      ON_ITS_DEPLOYMENTS,
      "deployment.images.push",
      ["the Deployment", "another Deployment of the Workspace"],
    ],
    ["on the Deployments of a Workspace: no Workspace permission", ON_ITS_DEPLOYMENTS, "workspace.config.get", []],
    ["on the Deployments of a Workspace: no system permission", ON_ITS_DEPLOYMENTS, "system.users.get", []],
    [
      "on a Deployment: a Deployment permission, there alone",
      ON_DEPLOYMENT,
      "deployment.images.push",
      ["the Deployment"],
    ],
    ["on a Deployment: no Workspace permission", ON_DEPLOYMENT, "workspace.config.get", []],
    ["on a Deployment: no system permission", ON_DEPLOYMENT, "system.users.get", []],
  ])("%s", (_name, reach, permission, expected) => {
    expect(scopesWhere(actorWith(grant(reach, permission)), permission)).toEqual(expected);
  });
});

describe("can", () => {
  test.each(Object.entries(SCOPES))("denies everything for %s where nothing was granted", (_name, scope) => {
    for (const permission of ["system.users.get", "workspace.config.get", "deployment.config.get", ""]) {
      expect(holds(actorWith(), permission, scope)).toBe(false);
    }
  });

  test.each<[string, string, string]>([
    ["a beginning of it", "deployment.images.push", "deployment.images"],
    ["a longer name", "deployment.images.push", "deployment.images.pushAll"],
    ["another spelling", "deployment.images.push", "Deployment.images.push"],
    ["the level alone", "deployment.images.push", "deployment."],
    ["a wildcard", "deployment.*", "deployment.images.push"],
  ])("does not take a permission for %s", (_name, granted, asked) => {
    expect(holds(actorWith(grant(ON_DEPLOYMENT, granted)), asked, DEPLOYMENT)).toBe(false);
  });

  test("takes any one of several permissions", () => {
    const actor = actorWith(grant(ON_WORKSPACE, "workspace.config.delete"));
    expect(can(actor, ["workspace.config.delete", "system.workspace.delete"], WORKSPACE)).toBe(true);
    expect(can(actor, ["system.workspace.delete", "workspace.config.delete"], WORKSPACE)).toBe(true);
    expect(can(actor, ["system.workspace.delete", "workspace.config.update"], WORKSPACE)).toBe(false);
  });

  test("denies where the list of sufficient permissions is empty", () => {
    expect(can(actorWith(grant(SYSTEM, "system.users.get")), [], SYSTEM_SCOPE)).toBe(false);
  });

  test("takes the most permissive of several grants", () => {
    const actor = actorWith(
      grant(ON_DEPLOYMENT, "deployment.config.get"),
      grant(ON_ITS_DEPLOYMENTS, "deployment.images.push"),
    );
    expect(scopesWhere(actor, "deployment.images.push")).toEqual([
      "the Deployment",
      "another Deployment of the Workspace",
    ]);
    expect(scopesWhere(actor, "deployment.config.get")).toEqual(["the Deployment"]);
  });

  test("does not put a permission of one grant and the reach of another together", () => {
    const actor = actorWith(grant(SYSTEM, "system.workspace.create"), grant(ON_WORKSPACE, "system.users.get"));
    expect(scopesWhere(actor, "system.users.get")).toEqual([]);
  });

  test("does not mistake a Workspace for a Deployment with the same id", () => {
    const onWorkspace = actorWith(
      grant({ kind: "workspace", workspaceId: "one" }, "deployment.config.get", "workspace.config.get"),
    );
    const onDeployment = actorWith(
      grant(
        { kind: "deployment", deploymentId: "one", workspaceId: "ours" },
        "deployment.config.get",
        "workspace.config.get",
      ),
    );
    expect(can(onWorkspace, "deployment.config.get", deploymentScope({ id: "one", workspaceId: "two" }))).toBe(false);
    expect(can(onDeployment, "workspace.config.get", workspaceScope("one"))).toBe(false);
  });
});

describe("requirePermission", () => {
  test("lets those pass who can", () => {
    expect(() =>
      requirePermission(actorWith(grant(ON_WORKSPACE, "workspace.config.get")), "workspace.config.get", WORKSPACE),
    ).not.toThrow();
  });

  test.each<[string, Permission, string]>([
    ["the permission", "workspace.config.delete", "workspace.config.delete"],
    ["the first of several", ["workspace.config.delete", "system.workspace.delete"], "workspace.config.delete"],
  ])("refuses everybody else with the platform's own words, naming %s", (_name, permission, named) => {
    const refused = () => requirePermission(actorWith(), permission, WORKSPACE);
    expect(refused).toThrow(new Forbidden(named));
    expect(refused).toThrow(REFUSED_MESSAGE);
    expect(new Forbidden(named)).toMatchObject({ code: "FORBIDDEN", details: { permission: named } });
  });
});

describe("the permissions that an actor holds", () => {
  const asked: Permission[] = [["deployment.config.update", "system.deployments.update"], "deployment.logs.get"];

  test.each<[string, Scope, string[]]>([
    [
      "on the Deployment: its own, and those whose counterpart is held",
      DEPLOYMENT,
      ["deployment.config.update", "deployment.images.push"],
    ],
    ["on another Deployment: only by a counterpart", SIBLING, ["deployment.config.update"]],
    ["on the system: none of a Deployment", SYSTEM_SCOPE, ["system.deployments.update"]],
    ["on a Workspace: none", WORKSPACE, []],
  ])("%s", (_name, scope, expected) => {
    const actor = actorWith(grant(ON_DEPLOYMENT, "deployment.images.push"), grant(SYSTEM, "system.deployments.update"));
    expect(heldPermissions(actor, scope, asked)).toEqual(expected);
  });
});
