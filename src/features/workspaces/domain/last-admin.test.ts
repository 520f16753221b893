import type { Role } from "../../access";
import { Conflict } from "../../../shared/domain/errors";
import { requireAdminLeft } from "./last-admin";

const change = (from: Role, to: Role | null, admins: number) => () => requireAdminLeft({ from, to, admins });

it.each<[Role, Role | null, number]>([
  ["WORKSPACE_ADMIN", "WORKSPACE_EDITOR", 1],
  ["WORKSPACE_ADMIN", null, 1],
])("%s to %s is refused where there are %d", (from, to, admins) => {
  expect(change(from, to, admins)).toThrow(Conflict);
});

it.each<[Role, Role | null, number]>([
  ["WORKSPACE_ADMIN", "WORKSPACE_ADMIN", 1],
  ["WORKSPACE_ADMIN", "WORKSPACE_VIEWER", 2],
  ["WORKSPACE_ADMIN", null, 2],
  ["WORKSPACE_EDITOR", null, 1],
  ["WORKSPACE_VIEWER", "WORKSPACE_ADMIN", 0],
])("%s to %s is fine where there are %d", (from, to, admins) => {
  expect(change(from, to, admins)).not.toThrow();
});
