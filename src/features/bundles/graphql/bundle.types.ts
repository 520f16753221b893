import { Field, Int, ObjectType } from "type-graphql";
import { describedEnum } from "../../../infrastructure/graphql/described-enum";
import { MaxItems } from "../../../infrastructure/graphql/declared-costs";
import type { Instant } from "../../../kernel/instant";
import { DateTime } from "../../../infrastructure/graphql/scalars";

@ObjectType({ simpleResolvers: true, description: "An upload of DAG files to a Deployment." })
export class DagBundle {
  @Field(() => String, { description: "UTC instant of the upload, sortable as text: 2024-01-12T18:32:20.589893Z." })
  version: string;

  @Field(() => String, {
    description:
      "SHA-256 of the archive that is stored and downloaded. It depends on the files alone: packed anew they have the same.",
  })
  sha256: string;

  @Field(() => Int, { description: "Size of the archive, compressed." })
  sizeBytes: number;

  @Field(() => Int, { description: "Files in it." })
  fileCount: number;

  @Field(() => DateTime, { description: "When it was uploaded." })
  createdAt: Instant;
}

@ObjectType({ simpleResolvers: true, description: "What differs between two DAG bundles, by the files' paths." })
export class DagDiff {
  @MaxItems(1_000)
  @Field(() => [String], { description: "Files that only the second has." })
  added: readonly string[];

  @MaxItems(1_000)
  @Field(() => [String], { description: "Files that only the first has." })
  removed: readonly string[];

  @MaxItems(1_000)
  @Field(() => [String], { description: "Files that differ." })
  changed: readonly string[];

  @Field(() => Int, { description: "How many are the same." })
  unchangedCount: number;
}

export const DagFileChange = describedEnum(["ADDED", "REMOVED", "CHANGED", "UNCHANGED"], {
  name: "DagFileChange",
  description: "What happened to a file between two DAG bundles.",
  valuesConfig: {
    ADDED: { description: "Only the second has it." },
    REMOVED: { description: "Only the first has it." },
    CHANGED: { description: "Both have it, and it differs." },
    UNCHANGED: { description: "It is the same in both." },
  },
});

@ObjectType({ simpleResolvers: true, description: "One DAG file of two revisions side by side." })
export class DagFileDiff {
  @Field(() => String, { description: "The file's path below the DAG folder." })
  path: string;

  @Field(() => DagFileChange, { description: "What happened to it." })
  change: keyof typeof DagFileChange;

  @Field(() => Int, { nullable: true, description: "Its size in the first; null where that has no such file." })
  fromSizeBytes: number | null;

  @Field(() => Int, { nullable: true, description: "Its size in the second; null where that has no such file." })
  toSizeBytes: number | null;

  @Field(() => Boolean, { description: "Whether either side is no text." })
  binary: boolean;

  @Field(() => String, {
    nullable: true,
    description:
      "The difference in the unified format; null where there is none, and for files that are binary or larger than 256 KiB.",
  })
  patch: string | null;
}
