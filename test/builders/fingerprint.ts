import type { TestApp } from "../world/app";

/** Changes at every use of a key, whatever comes of the request, and at every start. */
const BOOKKEEPING = new Set(["service_account", "failed_login", "installation_place", "worker_lease", "job_schedule"]);

/** A refusal leaves a line, which is written beside the request. */
export const NO_REFUSALS = "action NOT IN ('user.refuse_sign_in', 'system.refuse_call')";

/** Rows and content of every table, the job queue's included: equal before and after means that nothing was written. */
export const fingerprint = (world: TestApp): Promise<Record<string, string>> => printOf(world, BOOKKEEPING);

/** The same but for the audit trail, which tells of accepted requests that had nothing to change, too. */
export const fingerprintUnaudited = (world: TestApp): Promise<Record<string, string>> =>
  printOf(world, new Set([...BOOKKEEPING, "audit_line"]));

async function printOf({ database: { sql } }: TestApp, without: ReadonlySet<string>): Promise<Record<string, string>> {
  const tables = await sql.query<{ name: string }>(
    `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
     WHERE table_type = 'BASE TABLE' AND (table_schema = 'public' OR (table_schema, table_name) = ('graphile_worker', '_private_jobs'))
     ORDER BY 1`,
  );
  const prints: Record<string, string> = {};
  for (const { name } of tables) {
    if (without.has(name.replace("public.", ""))) continue;
    const [row] = await sql.query<{ print: string }>(
      `SELECT count(*) || ':' || coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') AS print FROM ${name} t
       WHERE ${name === "public.audit_line" ? NO_REFUSALS : "true"}`,
    );
    prints[name] = row?.print ?? "";
  }
  return prints;
}
