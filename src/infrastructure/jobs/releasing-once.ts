import type { Pool, PoolClient } from "pg";

type Release = (destroy?: boolean) => void;
/** Despite its types, pg-pool passes neither a client nor a release function along with an error. */
type Connected = (error: Error | undefined, client?: PoolClient, release?: Release) => void;

/**
 * Returns the pool with a `connect` whose callback may release its client twice. graphile-worker does that when its
 * LISTEN fails during shutdown: the second release would reject a promise that nothing handles, and end the process.
 */
export function releasingOnce(pool: Pool): Pool {
  const connect = (connected?: Connected): Promise<PoolClient> | void => {
    if (connected === undefined) return pool.connect();
    pool.connect((error, client, release: Release | undefined) => connected(error, client, release && once(release)));
  };
  return Object.create(pool, { connect: { value: connect } }) as Pool;
}

function once(release: Release): Release {
  let isReleased = false;
  return (destroy) => {
    if (isReleased) return;
    isReleased = true;
    release(destroy);
  };
}
