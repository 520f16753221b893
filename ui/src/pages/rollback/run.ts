import type { RevisionDetailsQuery } from "../../gql";

export type Run = NonNullable<RevisionDetailsQuery["deployRevision"]>;
