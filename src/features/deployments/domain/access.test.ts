import { buildActor } from "../../../../test/builders/domain";
import { Forbidden, NotFound } from "../../../kernel/errors";
import type { Actor, GrantReach } from "../../../kernel/permissions";
import { authorize, canSee, DEPLOYMENT_PERMISSIONS } from "./access";

const DEPLOYMENT = { id: "the Deployment", workspaceId: "its Workspace" };

const ON_SYSTEM: GrantReach = { kind: "system" };
const ON_WORKSPACE: GrantReach = { kind: "workspace", workspaceId: DEPLOYMENT.workspaceId };
const ON_ITS_DEPLOYMENTS: GrantReach = { kind: "deploymentsOf", workspaceId: DEPLOYMENT.workspaceId };
const ON_DEPLOYMENT: GrantReach = {
  kind: "deployment",
  deploymentId: DEPLOYMENT.id,
  workspaceId: DEPLOYMENT.workspaceId,
};
const ELSEWHERE: GrantReach[] = [
  { kind: "workspace", workspaceId: "another Workspace" },
  { kind: "deploymentsOf", workspaceId: "another Workspace" },
  { kind: "deployment", deploymentId: "another Deployment", workspaceId: DEPLOYMENT.workspaceId },
];

const actorWith = (reach: GrantReach, ...permissions: string[]): Actor =>
  buildActor({ grants: [{ reach, permissions: new Set(permissions) }] });

describe("a Deployment is seen", () => {
  test.each<[GrantReach, string, boolean]>([
    [ON_DEPLOYMENT, "deployment.config.get", true],
    [ON_DEPLOYMENT, "deployment.logs.get", false],
    [ON_DEPLOYMENT, "system.deployments.get", false],
    [ON_DEPLOYMENT, "workspace.deployments.get", false],
    [ON_ITS_DEPLOYMENTS, "deployment.config.get", true],
    [ON_ITS_DEPLOYMENTS, "workspace.deployments.get", false],
    [ON_WORKSPACE, "workspace.deployments.get", true],
    [ON_WORKSPACE, "workspace.config.get", false],
    [ON_WORKSPACE, "deployment.config.get", false],
    [ON_SYSTEM, "system.deployments.get", true],
    [ON_SYSTEM, "deployment.config.get", true],
    [ON_SYSTEM, "workspace.deployments.get", true],
    [ON_SYSTEM, "system.workspace.get", false],
  ])("by a grant on %j of %s: %j", (reach, permission, expected) => {
    expect(canSee(actorWith(reach, permission), DEPLOYMENT)).toBe(expected);
  });

  test.each(ELSEWHERE)("never by a grant on %j", (reach) => {
    const everything = [...Object.values(DEPLOYMENT_PERMISSIONS).flat(), "workspace.deployments.get"];
    expect(canSee(actorWith(reach, ...everything), DEPLOYMENT)).toBe(false);
  });

  test("not without any grant", () => {
    expect(canSee(buildActor(), DEPLOYMENT)).toBe(false);
  });
});

describe("doing something with a Deployment", () => {
  test("takes the permission on top of seeing it", () => {
    const editor = actorWith(ON_DEPLOYMENT, "deployment.config.get", "deployment.config.update");
    expect(authorize(editor, DEPLOYMENT, DEPLOYMENT_PERMISSIONS.update)).toBe(DEPLOYMENT);
    expect(() => authorize(editor, DEPLOYMENT, DEPLOYMENT_PERMISSIONS.delete)).toThrow(Forbidden);
  });

  test("the system's counterpart does as well, but on the system only", () => {
    expect(
      authorize(
        actorWith(ON_SYSTEM, "system.deployments.get", "system.deployments.delete"),
        DEPLOYMENT,
        DEPLOYMENT_PERMISSIONS.delete,
      ),
    ).toBe(DEPLOYMENT);
    const local = actorWith(ON_DEPLOYMENT, "deployment.config.get", "system.deployments.delete");
    expect(() => authorize(local, DEPLOYMENT, DEPLOYMENT_PERMISSIONS.delete)).toThrow(Forbidden);
  });

  test("whoever lists a Workspace is told which permission is missing", () => {
    const member = actorWith(ON_WORKSPACE, "workspace.deployments.get");
    expect(() => authorize(member, DEPLOYMENT, DEPLOYMENT_PERMISSIONS.see)).toThrow(
      new Forbidden("deployment.config.get"),
    );
  });

  test("the permission without the sight of it is no use, and answers as if it were not there", () => {
    const blind = actorWith(ON_DEPLOYMENT, "deployment.config.update");
    expect(() => authorize(blind, DEPLOYMENT, DEPLOYMENT_PERMISSIONS.update)).toThrow(NotFound);
    expect(() => authorize(blind, null, DEPLOYMENT_PERMISSIONS.update)).toThrow("Deployment not found");
  });
});
