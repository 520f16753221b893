import type { Actor } from "../../../kernel/permissions";

/** An account, as it is named to other systems that tell us later what it did there. */
export type Account = Pick<Actor, "id"> & { readonly type: "USER" | "SERVICE_ACCOUNT" };

export const actorName = ({ type, id }: Pick<Actor, "type" | "id">): string => `${type}:${id}`;

/** Null where the text is no name made by `actorName`. */
export function parseActorName(text: string): Account | null {
  const [type, id = "", ...others] = text.split(":");
  if ((type !== "USER" && type !== "SERVICE_ACCOUNT") || id === "" || others.length > 0) return null;
  return { type, id };
}
