import { buildActor } from "../../../../test/builders/domain";
import { Forbidden, InvalidInput } from "../../../kernel/errors";
import { deploymentScope, SYSTEM_SCOPE, workspaceScope, type Actor, type Scope } from "../../../kernel/permissions";
import { requireGrantable } from "./granting";
import { grantsOf, rolePermissions, ROLES, type Role, type RolePermissions } from "./roles";

const SHIPPED = rolePermissions();
const WORKSPACE = workspaceScope("ours");
const DEPLOYMENT = deploymentScope({ id: "sales", workspaceId: "ours" });

/** A person with the role where roles of its level are bound: the system, the Workspace or the Deployment. */
function holderOf(role: Role, roles: RolePermissions = SHIPPED): Actor {
  const workspaceId = role.startsWith("WORKSPACE_") || role.startsWith("DEPLOYMENT_") ? "ours" : null;
  const deploymentId = role.startsWith("DEPLOYMENT_") ? "sales" : null;
  return buildActor({ grants: grantsOf("USER", [{ role, workspaceId, deploymentId }], roles) });
}

const grantableBy = (actor: Actor, scope: Scope, roles = SHIPPED): Role[] =>
  ROLES.filter((role) => {
    try {
      requireGrantable(actor, role, scope, roles);
      return true;
    } catch (error) {
      if (error instanceof Forbidden || error instanceof InvalidInput) return false;
      throw error;
    }
  });

const ALL_ON_WORKSPACE: Role[] = ["WORKSPACE_ADMIN", "WORKSPACE_EDITOR", "WORKSPACE_VIEWER"];
const ALL_ON_DEPLOYMENT: Role[] = ["DEPLOYMENT_ADMIN", "DEPLOYMENT_EDITOR", "DEPLOYMENT_VIEWER"];

describe("the roles that a person may give on the system", () => {
  test.each<[Role, Role[]]>([
    ["SYSTEM_ADMIN", ["SYSTEM_ADMIN", "SYSTEM_EDITOR", "SYSTEM_VIEWER"]],
    ["SYSTEM_EDITOR", ["SYSTEM_EDITOR", "SYSTEM_VIEWER"]],
    ["SYSTEM_VIEWER", ["SYSTEM_VIEWER"]],
    ["WORKSPACE_ADMIN", []],
    ["DEPLOYMENT_ADMIN", []],
    ["USER", []],
  ])("of %s are those that hold nothing more: %j", (role, expected) => {
    expect(grantableBy(holderOf(role), SYSTEM_SCOPE)).toEqual(expected);
  });
});

describe("the roles that a person may give on a Workspace", () => {
  test.each<[Role, Role[]]>([
    ["SYSTEM_ADMIN", ALL_ON_WORKSPACE],
    ["SYSTEM_EDITOR", ["WORKSPACE_EDITOR", "WORKSPACE_VIEWER"]],
    ["SYSTEM_VIEWER", ["WORKSPACE_VIEWER"]],
    ["WORKSPACE_ADMIN", ALL_ON_WORKSPACE],
    ["DEPLOYMENT_ADMIN", []],
    ["USER", []],
  ])("of %s are those that hold nothing more: %j", (role, expected) => {
    expect(grantableBy(holderOf(role), WORKSPACE)).toEqual(expected);
  });

  test("end at the Workspace", () => {
    expect(grantableBy(holderOf("WORKSPACE_ADMIN"), workspaceScope("theirs"))).toEqual([]);
  });

  test.each<[Role]>([["WORKSPACE_EDITOR"], ["WORKSPACE_VIEWER"]])("of %s never exceed their own tier", (role) => {
    const higher = ALL_ON_WORKSPACE.slice(0, ALL_ON_WORKSPACE.indexOf(role));
    expect(grantableBy(holderOf(role), WORKSPACE).filter((one) => higher.includes(one))).toEqual([]);
  });
});

describe("the roles that a person may give on a Deployment", () => {
  test.each<[Role, Role[]]>([
    ["SYSTEM_ADMIN", ALL_ON_DEPLOYMENT],
    ["SYSTEM_EDITOR", ["DEPLOYMENT_EDITOR", "DEPLOYMENT_VIEWER"]],
    ["SYSTEM_VIEWER", ["DEPLOYMENT_VIEWER"]],
    ["WORKSPACE_ADMIN", ALL_ON_DEPLOYMENT],
    ["WORKSPACE_EDITOR", []],
    ["WORKSPACE_VIEWER", []],
    ["DEPLOYMENT_ADMIN", ALL_ON_DEPLOYMENT],
    ["DEPLOYMENT_EDITOR", ["DEPLOYMENT_EDITOR", "DEPLOYMENT_VIEWER"]],
    ["DEPLOYMENT_VIEWER", ["DEPLOYMENT_VIEWER"]],
    ["USER", []],
  ])("of %s are those that hold nothing more: %j", (role, expected) => {
    expect(grantableBy(holderOf(role), DEPLOYMENT)).toEqual(expected);
  });

  test("end at the Deployment, and of a Workspace's admin at the Workspace", () => {
    const sibling = deploymentScope({ id: "stock", workspaceId: "ours" });
    const elsewhere = deploymentScope({ id: "news", workspaceId: "theirs" });
    expect(grantableBy(holderOf("DEPLOYMENT_ADMIN"), sibling)).toEqual([]);
    expect(grantableBy(holderOf("WORKSPACE_ADMIN"), sibling)).toEqual(ALL_ON_DEPLOYMENT);
    expect(grantableBy(holderOf("WORKSPACE_ADMIN"), elsewhere)).toEqual([]);
  });
});

describe("a role of another level", () => {
  test.each<[Role, Scope]>([
    ["WORKSPACE_VIEWER", SYSTEM_SCOPE],
    ["DEPLOYMENT_VIEWER", SYSTEM_SCOPE],
    ["USER", SYSTEM_SCOPE],
    ["SYSTEM_VIEWER", WORKSPACE],
    ["DEPLOYMENT_VIEWER", WORKSPACE],
    ["USER", WORKSPACE],
    ["SYSTEM_VIEWER", DEPLOYMENT],
    ["WORKSPACE_VIEWER", DEPLOYMENT],
    ["USER", DEPLOYMENT],
  ])("such as %s on %j is malformed input, even from those who hold everything", (role, scope) => {
    const everything = buildActor({
      grants: [{ reach: { kind: "system" }, permissions: new Set(ROLES.flatMap((one) => [...SHIPPED[one]])) }],
    });
    const attempt = () => requireGrantable(everything, role, scope, SHIPPED);
    expect(attempt).toThrow(InvalidInput);
    expect(attempt).toThrow(`role: ${role} cannot be given on a ${scope.kind}`);
  });
});

describe("with roles that the installation has changed", () => {
  test("a role that gained a permission can only be given by those who hold it too", () => {
    const roles = rolePermissions({ WORKSPACE_VIEWER: { permissions: { "workspace.secrets.get": true } } });
    expect(grantableBy(holderOf("WORKSPACE_ADMIN", roles), WORKSPACE, roles)).toEqual([
      "WORKSPACE_ADMIN",
      "WORKSPACE_EDITOR",
    ]);
  });

  test("a role that lost a permission can be given by those who lack it", () => {
    const roles = rolePermissions({ SYSTEM_ADMIN: { permissions: { "system.iam.update": false } } });
    expect(grantableBy(holderOf("SYSTEM_ADMIN", roles), SYSTEM_SCOPE, roles)).toEqual([
      "SYSTEM_ADMIN",
      "SYSTEM_EDITOR",
      "SYSTEM_VIEWER",
    ]);
    const viewer = rolePermissions({
      SYSTEM_EDITOR: { permissions: Object.fromEntries([...SHIPPED.SYSTEM_EDITOR].map((one) => [one, false])) },
    });
    expect(grantableBy(holderOf("SYSTEM_VIEWER", viewer), SYSTEM_SCOPE, viewer)).toEqual([
      "SYSTEM_EDITOR",
      "SYSTEM_VIEWER",
    ]);
  });
});
