import { patternsContaining } from "../../../infrastructure/postgres/like-patterns";
import type { RevisionFilter } from "../app/ports";

/**
 * A filter as SQL conditions on `r`. The text depends only on which fields are given and never on their
 * values, so every shape is prepared once.
 */
export function filterConditions(filter: RevisionFilter, parameters: unknown[]): string[] {
  const conditions: string[] = [];
  const parameter = (value: unknown): string => `$${parameters.push(value)}`;
  const { createdAfter, createdBefore, types, statuses, triggers, createdById, rollbacksOnly, search } = filter;
  const { commit, branch } = filter;
  if (createdAfter !== undefined) conditions.push(`r.created_at > ${parameter(createdAfter)}`);
  if (createdBefore !== undefined) conditions.push(`r.created_at < ${parameter(createdBefore)}`);
  if (types !== undefined) conditions.push(`r.type = ANY(${parameter(types)})`);
  if (statuses !== undefined) conditions.push(`r.status = ANY(${parameter(statuses)})`);
  if (triggers !== undefined) conditions.push(`r.trigger = ANY(${parameter(triggers)})`);
  if (createdById !== undefined) conditions.push(`r.actor_id = ${parameter(createdById)}`);
  if (rollbacksOnly === true) conditions.push("r.trigger = 'ROLLBACK'");
  if (commit !== undefined) conditions.push(`starts_with(lower(r.source_commit), lower(${parameter(commit)}))`);
  if (branch !== undefined) conditions.push(`r.source_branch = ${parameter(branch)}`);
  if (search !== undefined && search !== "") {
    const any = `ILIKE ANY(${parameter(patternsContaining(search))}::text[])`;
    conditions.push(`(r.description ${any} OR r.image_tag ${any} OR r.dag_tarball_version ${any})`);
  }
  return conditions;
}
