import type { GraphQLResolveInfo } from "graphql";
import { selectedFields } from "./selected-fields";
import type { RevisionProperty } from "../app/ports";

const IMAGE = ["imageRepository", "imageTag", "imageDigest"] as const satisfies readonly RevisionProperty[];
const ACTOR = ["actorId", "actorType", "actorLabel"] as const satisfies readonly RevisionProperty[];

const SOURCE = [
  "sourceCommit",
  "sourceBranch",
  "sourceUrl",
  "sourceAuthor",
] as const satisfies readonly RevisionProperty[];

/**
 * The properties that each field of DeployRevision is made from, beside those that every page has. Any other field
 * needs the whole record.
 */
const MADE_FROM: Readonly<Record<string, readonly RevisionProperty[]>> = {
  __typename: [],
  id: [],
  number: [],
  deployment: [],
  isCurrent: [],
  type: ["type"],
  status: ["status"],
  statusReason: ["statusReason"],
  trigger: ["trigger"],
  isRollback: ["trigger"],
  description: ["description"],
  image: IMAGE,
  imageRepository: ["imageRepository"],
  imageTag: ["imageTag"],
  imageDigest: ["imageDigest"],
  runtimeVersion: ["runtimeVersion"],
  airflowVersion: ["airflowVersion"],
  dagDeploymentType: ["dagDeploymentType"],
  dagTarballVersion: ["dagTarballVersion"],
  createdBy: ACTOR,
  createdAt: ["createdAt"],
  updatedAt: ["updatedAt"],
  finishedAt: ["finishedAt"],
  rollbackFromId: ["rollbackFromId"],
  rollbackFrom: ["rollbackFromId"],
  rolledBackId: ["rolledBackId"],
  rolledBack: ["rolledBackId"],
  dagBundle: ["dagTarballVersion"],
  pinned: ["pinned"],
  source: SOURCE,
};

const known = new WeakMap<ReadonlySet<string>, readonly RevisionProperty[] | "ALL">();

/**
 * Returns the properties that the request selects at these paths below the field that is resolved. Most requests select
 * half of them or fewer.
 */
export function revisionProperties(
  info: GraphQLResolveInfo,
  ...paths: readonly string[]
): readonly RevisionProperty[] | undefined {
  const fields = selectedFields(info, ...paths);
  let properties = known.get(fields);
  if (properties === undefined) {
    const lists = [...fields].map((field) => MADE_FROM[field]);
    properties = lists.every((list) => list !== undefined) ? [...new Set(lists.flat())].sort() : "ALL";
    known.set(fields, properties);
  }
  return properties === "ALL" ? undefined : properties;
}
