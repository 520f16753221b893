import { buildActor } from "../../../../test/builders/domain";
import { deploymentScope, holds, SYSTEM_SCOPE, workspaceScope, type Scope } from "../../../kernel/permissions";
import {
  DEPLOYMENT_ROLES,
  grantsOf,
  isDeploymentRole,
  isSystemRole,
  isWorkspaceRole,
  rolePermissions,
  ROLES,
  SYSTEM_ROLES,
  unknownOverrides,
  WORKSPACE_ROLES,
  type HeldRole,
  type DeploymentRole,
  type Role,
} from "./roles";
import { PERMISSION_NAMES } from "../../../kernel/permission-names";

const SHIPPED = rolePermissions();
const DEPLOYMENT = deploymentScope({ id: "sales", workspaceId: "ours" });
const SIBLING = deploymentScope({ id: "stock", workspaceId: "ours" });
const ELSEWHERE = deploymentScope({ id: "news", workspaceId: "theirs" });

const onSystem = (role: Role): HeldRole => ({ role, workspaceId: null, deploymentId: null });
const onWorkspace = (role: Role): HeldRole => ({ role, workspaceId: "ours", deploymentId: null });
const onDeployment = (role: Role): HeldRole => ({ role, workspaceId: "ours", deploymentId: "sales" });

/** Everything that the roles allow at one place, out of all permissions that there are. */
function allowed(
  subject: "USER" | "SERVICE_ACCOUNT",
  bindings: readonly HeldRole[],
  scope: Scope,
  roles = SHIPPED,
): string[] {
  const actor = buildActor({ grants: grantsOf(subject, bindings, roles) });
  const all = new Set(ROLES.flatMap((role) => [...roles[role]]));
  return [...all].filter((permission) => holds(actor, permission, scope)).sort();
}

const sorted = (...roles: Role[]): string[] => [...new Set(roles.flatMap((role) => [...SHIPPED[role]]))].sort();

describe("the shipped table", () => {
  test.each<[Role, number]>([
    ["SYSTEM_ADMIN", 84],
    ["SYSTEM_EDITOR", 55],
    ["SYSTEM_VIEWER", 34],
    ["WORKSPACE_ADMIN", 18],
    ["WORKSPACE_EDITOR", 13],
    ["WORKSPACE_VIEWER", 6],
    ["DEPLOYMENT_ADMIN", 25],
    ["DEPLOYMENT_EDITOR", 21],
    ["DEPLOYMENT_VIEWER", 12],
    ["USER", 4],
  ])("gives %s as many permissions as the public 0.35 configuration: %d", (role, count) => {
    expect(SHIPPED[role].size).toBe(count);
  });

  test.each<[Role, Role]>([
    ["SYSTEM_ADMIN", "SYSTEM_EDITOR"],
    ["SYSTEM_EDITOR", "SYSTEM_VIEWER"],
    ["WORKSPACE_ADMIN", "WORKSPACE_EDITOR"],
    ["WORKSPACE_EDITOR", "WORKSPACE_VIEWER"],
    ["DEPLOYMENT_ADMIN", "DEPLOYMENT_EDITOR"],
    ["DEPLOYMENT_EDITOR", "DEPLOYMENT_VIEWER"],
    ["SYSTEM_ADMIN", "WORKSPACE_ADMIN"],
    ["SYSTEM_ADMIN", "DEPLOYMENT_ADMIN"],
    ["SYSTEM_EDITOR", "WORKSPACE_EDITOR"],
    ["SYSTEM_EDITOR", "DEPLOYMENT_EDITOR"],
    ["SYSTEM_VIEWER", "WORKSPACE_VIEWER"],
    ["SYSTEM_VIEWER", "DEPLOYMENT_VIEWER"],
  ])("gives %s all that %s has", (higher, lower) => {
    expect([...SHIPPED[lower]].filter((permission) => !SHIPPED[higher].has(permission))).toEqual([]);
  });

  test.each<[string, Role[]]>([
    ["deployment.deployRevisions.get", [...SYSTEM_ROLES, ...DEPLOYMENT_ROLES]],
    ["deployment.images.push", ["SYSTEM_ADMIN", "SYSTEM_EDITOR", "DEPLOYMENT_ADMIN", "DEPLOYMENT_EDITOR"]],
    ["deployment.userRoles.update", ["SYSTEM_ADMIN", "DEPLOYMENT_ADMIN"]],
    ["system.deployments.images.push", ["SYSTEM_ADMIN"]],
    ["system.cleanupDeployRevisions.delete", ["SYSTEM_ADMIN"]],
    ["system.iam.update", ["SYSTEM_ADMIN"]],
    ["system.user.invite", ["SYSTEM_ADMIN"]],
    ["system.workspace.get", [...SYSTEM_ROLES]],
    ["system.workspace.create", ["USER"]],
    ["workspace.config.get", [...SYSTEM_ROLES, ...WORKSPACE_ROLES]],
    ["workspace.config.update", ["SYSTEM_ADMIN", "SYSTEM_EDITOR", "WORKSPACE_ADMIN", "WORKSPACE_EDITOR"]],
    ["workspace.config.delete", ["SYSTEM_ADMIN", "WORKSPACE_ADMIN"]],
    ["workspace.iam.update", ["SYSTEM_ADMIN", "WORKSPACE_ADMIN"]],
    ["deployment.dags.push", []],
  ])("gives %s to %j", (permission, holders) => {
    expect(ROLES.filter((role) => SHIPPED[role].has(permission))).toEqual(holders);
  });

  test("holds no Deployment permission in a Workspace role, nor the other way round", () => {
    const odd = (roles: readonly Role[], prefix: string) =>
      roles.flatMap((role) => [...SHIPPED[role]].filter((one) => !one.startsWith(prefix)));
    expect(odd(WORKSPACE_ROLES, "workspace.")).toEqual([]);
    expect(odd(DEPLOYMENT_ROLES, "deployment.")).toEqual([]);
    expect(odd(["USER"], "system.")).toEqual([]);
  });
});

describe("a role's level", () => {
  test.each(ROLES.map((role) => [role]))("of %s is the one that its name starts with", (role) => {
    const level = role.split("_")[0];
    expect([isSystemRole(role), isWorkspaceRole(role), isDeploymentRole(role)]).toEqual(
      ["SYSTEM", "WORKSPACE", "DEPLOYMENT"].map((one) => one === level),
    );
  });
});

describe("an override", () => {
  test("of true adds the permission to that role", () => {
    const roles = rolePermissions({
      WORKSPACE_VIEWER: { permissions: { "workspace.config.update": true, "workspace.news.get": true } },
    });
    expect([...roles.WORKSPACE_VIEWER].sort()).toEqual(
      [...sorted("WORKSPACE_VIEWER"), "workspace.config.update", "workspace.news.get"].sort(),
    );
    expect(roles.WORKSPACE_EDITOR).toEqual(SHIPPED.WORKSPACE_EDITOR);
  });

  test("of false removes it from that role, and from none that was merged from it", () => {
    const roles = rolePermissions({ DEPLOYMENT_EDITOR: { permissions: { "deployment.images.push": false } } });
    expect([...roles.DEPLOYMENT_EDITOR].sort()).toEqual(
      sorted("DEPLOYMENT_EDITOR").filter((one) => one !== "deployment.images.push"),
    );
    for (const role of ["DEPLOYMENT_ADMIN", "SYSTEM_EDITOR", "SYSTEM_ADMIN"] as const)
      expect(roles[role]).toEqual(SHIPPED[role]);
  });

  test("of what is so already changes nothing", () => {
    const same = { "deployment.images.push": true, "deployment.config.delete": false };
    expect(rolePermissions({ DEPLOYMENT_EDITOR: { permissions: same } })).toEqual(SHIPPED);
  });

  test("of a role that there is not changes nothing", () => {
    expect(rolePermissions({ OWNER: { permissions: { "system.iam.update": true } } })).toEqual(SHIPPED);
  });

  test("leaves the shipped table alone", () => {
    rolePermissions({ USER: { permissions: { "system.iam.update": true, "system.workspace.create": false } } });
    expect(rolePermissions()).toEqual(SHIPPED);
  });

  test("cannot lift a role above the level on which it is bound", () => {
    const roles = rolePermissions({
      WORKSPACE_VIEWER: { permissions: { "system.iam.update": true, "deployment.images.push": true } },
    });
    const [more, less] = [roles, SHIPPED].map((table) =>
      [SYSTEM_SCOPE, workspaceScope("ours"), DEPLOYMENT].map((scope) =>
        allowed("USER", [onWorkspace("WORKSPACE_VIEWER")], scope, table),
      ),
    );
    expect(more).toEqual(less);
  });
});

describe("what a person's role allows", () => {
  const theirs = (...roles: Role[]) => sorted("USER", ...roles);

  test.each(SYSTEM_ROLES)("%s: the same on the system, on any Workspace and on any Deployment", (role) => {
    for (const scope of [SYSTEM_SCOPE, workspaceScope("ours"), DEPLOYMENT, ELSEWHERE]) {
      expect(allowed("USER", [onSystem(role)], scope)).toEqual(theirs(role));
    }
  });

  test.each(WORKSPACE_ROLES)("%s: its permissions on the Workspace, and none on another or on the system", (role) => {
    expect(allowed("USER", [onWorkspace(role)], workspaceScope("ours"))).toEqual(theirs(role));
    expect(allowed("USER", [onWorkspace(role)], workspaceScope("theirs"))).toEqual(theirs());
    expect(allowed("USER", [onWorkspace(role)], SYSTEM_SCOPE)).toEqual(theirs());
  });

  test("WORKSPACE_ADMIN: what DEPLOYMENT_ADMIN may, on each Deployment of the Workspace and no other", () => {
    for (const scope of [DEPLOYMENT, SIBLING]) {
      expect(allowed("USER", [onWorkspace("WORKSPACE_ADMIN")], scope)).toEqual(
        theirs("WORKSPACE_ADMIN", "DEPLOYMENT_ADMIN"),
      );
    }
    expect(allowed("USER", [onWorkspace("WORKSPACE_ADMIN")], ELSEWHERE)).toEqual(theirs());
  });

  test.each<[Role]>([["WORKSPACE_EDITOR"], ["WORKSPACE_VIEWER"]])("%s: no permission of a Deployment's own", (role) => {
    expect(allowed("USER", [onWorkspace(role)], DEPLOYMENT).filter((one) => one.startsWith("deployment."))).toEqual([]);
  });

  test.each(DEPLOYMENT_ROLES)(
    "%s: its permissions on the Deployment, and none on its siblings or its Workspace",
    (role) => {
      expect(allowed("USER", [onDeployment(role)], DEPLOYMENT)).toEqual(theirs(role));
      for (const scope of [SIBLING, ELSEWHERE, workspaceScope("ours"), SYSTEM_SCOPE]) {
        expect(allowed("USER", [onDeployment(role)], scope)).toEqual(theirs());
      }
    },
  );

  test("several together: the most that any of them allows", () => {
    const bindings = [onWorkspace("WORKSPACE_VIEWER"), onDeployment("DEPLOYMENT_EDITOR")];
    expect(allowed("USER", bindings, DEPLOYMENT)).toEqual(theirs("WORKSPACE_VIEWER", "DEPLOYMENT_EDITOR"));
    expect(allowed("USER", bindings, SIBLING)).toEqual(theirs("WORKSPACE_VIEWER"));
  });

  test("none at all: what everybody has who is signed in", () => {
    expect(allowed("USER", [], SYSTEM_SCOPE)).toEqual(theirs());
  });
});

describe("what a service account's role allows", () => {
  test("without any: nothing, as it is no person", () => {
    for (const scope of [SYSTEM_SCOPE, workspaceScope("ours"), DEPLOYMENT])
      expect(allowed("SERVICE_ACCOUNT", [], scope)).toEqual([]);
  });

  test.each<[Role, DeploymentRole]>([
    ["WORKSPACE_ADMIN", "DEPLOYMENT_ADMIN"],
    ["WORKSPACE_EDITOR", "DEPLOYMENT_EDITOR"],
    ["WORKSPACE_VIEWER", "DEPLOYMENT_VIEWER"],
  ])("%s: what %s may on each Deployment of the Workspace, and no other", (role, tier) => {
    for (const scope of [DEPLOYMENT, SIBLING])
      expect(allowed("SERVICE_ACCOUNT", [onWorkspace(role)], scope)).toEqual(sorted(role, tier));
    expect(allowed("SERVICE_ACCOUNT", [onWorkspace(role)], workspaceScope("ours"))).toEqual(sorted(role));
    for (const scope of [ELSEWHERE, workspaceScope("theirs"), SYSTEM_SCOPE])
      expect(allowed("SERVICE_ACCOUNT", [onWorkspace(role)], scope)).toEqual([]);
  });

  test.each(SYSTEM_ROLES)("%s: the same everywhere", (role) => {
    for (const scope of [SYSTEM_SCOPE, workspaceScope("ours"), DEPLOYMENT])
      expect(allowed("SERVICE_ACCOUNT", [onSystem(role)], scope)).toEqual(sorted("USER", role));
  });

  test("SYSTEM_ADMIN: every permission that there is", () => {
    expect(allowed("SERVICE_ACCOUNT", [onSystem("SYSTEM_ADMIN")], SYSTEM_SCOPE)).toEqual([...PERMISSION_NAMES].sort());
  });

  test.each(DEPLOYMENT_ROLES)("%s: its permissions on the Deployment alone", (role) => {
    expect(allowed("SERVICE_ACCOUNT", [onDeployment(role)], DEPLOYMENT)).toEqual(sorted(role));
    for (const scope of [SIBLING, workspaceScope("ours"), SYSTEM_SCOPE])
      expect(allowed("SERVICE_ACCOUNT", [onDeployment(role)], scope)).toEqual([]);
  });

  test("follows the installation's changes of the Deployment role that its tier stands for", () => {
    const roles = rolePermissions({ DEPLOYMENT_EDITOR: { permissions: { "deployment.images.push": false } } });
    expect(allowed("SERVICE_ACCOUNT", [onWorkspace("WORKSPACE_EDITOR")], DEPLOYMENT, roles)).not.toContain(
      "deployment.images.push",
    );
  });
});

describe("a role that is bound on another level than its own", () => {
  test.each<[HeldRole]>([
    [onWorkspace("SYSTEM_ADMIN")],
    [onDeployment("SYSTEM_ADMIN")],
    [onSystem("WORKSPACE_ADMIN")],
    [onDeployment("WORKSPACE_ADMIN")],
    [onSystem("DEPLOYMENT_ADMIN")],
    [onWorkspace("DEPLOYMENT_ADMIN")],
    [onSystem("USER")],
  ])("allows nothing: %j", (bound) => {
    expect(grantsOf("SERVICE_ACCOUNT", [bound], SHIPPED)).toEqual([]);
  });
});

test("overrides that name no role or no permission are told", () => {
  const permissions = { "deployment.images.push": false, "deployment.image.push": false };
  expect(
    unknownOverrides({
      DEPLOYMENT_EDITOR: { permissions },
      DEPLOYMENT_EDITORS: { permissions },
      toString: { permissions: {} },
    }),
  ).toEqual(["DEPLOYMENT_EDITOR.permissions.deployment.image.push", "DEPLOYMENT_EDITORS", "toString"]);
});

test("the names of permissions in the code are those of the shipped roles", () => {
  const shipped = new Set(ROLES.flatMap((role) => [...SHIPPED[role]]));
  expect([...PERMISSION_NAMES]).toEqual([...shipped].sort());
});
