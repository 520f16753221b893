import { config, deployments, optionalSetting, setting } from "./setting";
import { text, textLike, trueOrFalse, url, wholeNumber } from "./value-kinds";

const MIB = 1024 ** 2;
/** Max value of GraphQL's Int, the type of sizes in the API. */
const MAX_BYTES = 2 ** 31 - 1;

/** Limits on uploads of DAGs, and where they are stored. */
export const bundles = {
  maxUploadBytes: setting({
    kind: wholeNumber(1, MAX_BYTES),
    default: 512 * MIB,
    values: [config("dagBundles.maxUploadBytes")],
    description: "Largest upload of DAGs, compressed.",
  }),
  maxUnpackedBytes: setting({
    kind: wholeNumber(1, 2 ** 40),
    default: 2048 * MIB,
    values: [config("dagBundles.maxUnpackedBytes")],
    description: "Most bytes that an upload of DAGs may unpack to.",
  }),
  maxFiles: setting({
    kind: wholeNumber(1, 1_000_000),
    default: 50_000,
    values: [config("dagBundles.maxFiles")],
    description: "Most files in an upload of DAGs.",
  }),
  uploadWaitSeconds: setting({
    kind: wholeNumber(0, 3_600),
    default: 30,
    values: [deployments("dagDeploy.uploadWaitSeconds")],
    description:
      "How long an image of a Deployment with DAG-only deploys waits for DAGs of the same caller, to be rolled out with them as one deploy; 0 does not wait.",
  }),
  bucket: optionalSetting({
    kind: text,
    values: [config("dagBundles.s3.bucket")],
    description: "Bucket of an S3-compatible store for DAG bundles; without one they are kept under the data folder.",
  }),
  prefix: setting({
    kind: textLike(/^([\w!.*'()-]+\/)*$/, "a path that ends in / or nothing"),
    default: "dag-bundles/",
    values: [config("dagBundles.s3.prefix")],
    description: "What the names of stored bundles begin with.",
  }),
  endpoint: optionalSetting({
    kind: url("http", "https"),
    values: [config("dagBundles.s3.endpoint")],
    description: "Where the store answers, unless it is Amazon's own.",
  }),
  region: setting({
    kind: text,
    default: "us-east-1",
    values: [config("dagBundles.s3.region")],
    description: "Region of the bucket.",
  }),
  accessKeyId: optionalSetting({
    kind: text,
    values: [config("dagBundles.s3.accessKeyId")],
    description: "Access key of the store; without one, the machine's own AWS credentials are used.",
  }),
  secretAccessKey: optionalSetting({
    kind: text,
    values: [config("dagBundles.s3.secretAccessKey")],
    secret: "whole",
    description: "Secret that belongs to the access key.",
  }),
  forcePathStyle: setting({
    kind: trueOrFalse,
    default: false,
    values: [config("dagBundles.s3.forcePathStyle")],
    description: "Put the bucket into the path and not into the host name, as MinIO and most other stores want it.",
  }),
};
