/** Parts of SQL statements on the tables of lines. `$1` is the current time. */

/** When a refused line is retried: after a minute, then after as long as it has been refused, up to 15 minutes. */
export const RETRY_AT = `$1::timestamptz + LEAST(GREATEST($1::timestamptz - coalesce(refused_since, $1::timestamptz), interval '1 minute'), interval '15 minutes')`;

/** Whether a line has been refused for a day. */
export const REFUSED_FOR_A_DAY = `$1::timestamptz - coalesce(refused_since, $1::timestamptz) >= interval '1 day'`;

/** Max lines that are counted: more would take long, and add no information. */
export const MAX_COUNTED = 100_000;
