import { InvalidInput } from "../../../kernel/errors";
import { parseImage } from "./image-reference";

const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;
const OTHER = `sha256:${"f".repeat(64)}`;

describe("parseImage", () => {
  test.each([
    ["airflow", "airflow", "latest", null],
    ["airflow:1", "airflow", "1", null],
    ["team/airflow:deploy-1", "team/airflow", "deploy-1", null],
    ["registry.example.com/team/airflow:deploy-1", "registry.example.com/team/airflow", "deploy-1", null],
    ["registry.example.com/team/airflow", "registry.example.com/team/airflow", "latest", null],
    ["localhost:5000/airflow", "localhost:5000/airflow", "latest", null],
    ["localhost:5000/airflow:5000", "localhost:5000/airflow", "5000", null],
    ["Registry.Example.com/airflow:V_1.2-x", "Registry.Example.com/airflow", "V_1.2-x", null],
    ["a.b__c-d--e/f:t", "a.b__c-d--e/f", "t", null],
    [`airflow@${DIGEST}`, "airflow", null, DIGEST],
    [`airflow:1@${DIGEST}`, "airflow", "1", DIGEST],
    [`r.io/${"a".repeat(250)}:1`, `r.io/${"a".repeat(250)}`, "1", null],
    ["localhost:65535/airflow:1", "localhost:65535/airflow", "1", null],
    [`airflow:${"t".repeat(128)}`, "airflow", "t".repeat(128), null],
  ])("%s", (text, imageRepository, imageTag, imageDigest) => {
    expect(parseImage(text)).toEqual({ imageRepository, imageTag, imageDigest });
  });

  test.each([
    ["an empty text", ""],
    ["a space", "airflow :1"],
    ["a space before", " airflow:1"],
    ["a line break behind", "airflow:1\n"],
    ["a scheme", "https://registry.example.com/airflow:1"],
    ["upper case in the repository", "registry.example.com/Team/airflow:1"],
    ["an empty tag", "airflow:"],
    ["an empty component", "registry.example.com//airflow:1"],
    ["a slash at the end", "registry.example.com/airflow/"],
    ["a tag too long", `airflow:${"t".repeat(129)}`],
    ["a tag that starts with a dot", "airflow:.1"],
    ["a short digest", "airflow@sha256:abc"],
    ["a digest in upper case", `airflow@sha256:${"A".repeat(64)}`],
    ["another digest algorithm", `airflow@md5:${"a".repeat(32)}`],
    ["two tags", "airflow:1:2/3"],
    ["a repository of more than 255 characters", `registry.example.com/${"a/".repeat(130)}b:v1`],
    ["256 characters with the host", `r.io/${"a".repeat(251)}:1`],
    ["port 65536", "registry.example.com:65536/airflow:1"],
    ["port 99999", "registry.example.com:99999/airflow:1"],
    ["port 0", "registry.example.com:0/airflow:1"],
    ["a null character", "airflow:1\0"],
    ["a path up", "../airflow:1"],
    ["a reference beyond measure", `${"a/".repeat(600)}b:1`],
  ])("refuses %s", (_name, text) => {
    expect(() => parseImage(text)).toThrow(InvalidInput);
    expect(() => parseImage(text)).toThrow(/^image: /);
  });

  test("is quick on text made to be slow", () => {
    // Of processor time, because other work may keep the processor busy.
    const before = process.cpuUsage();
    for (const text of [
      `${"a-".repeat(490)}!`,
      `${"a.".repeat(490)}!`,
      `${"a/".repeat(490)}!`,
      `${"a".repeat(990)}!`,
    ]) {
      expect(() => parseImage(text)).toThrow(InvalidInput);
    }
    expect(process.cpuUsage(before).user).toBeLessThan(250_000);
  });
});

describe("a digest beside the reference", () => {
  test("counts where the reference has none, and keeps the tag", () => {
    expect(parseImage("airflow:1", DIGEST)).toEqual({ imageRepository: "airflow", imageTag: "1", imageDigest: DIGEST });
    expect(parseImage("airflow", DIGEST)).toEqual({
      imageRepository: "airflow",
      imageTag: "latest",
      imageDigest: DIGEST,
    });
  });

  test("may repeat the one in the reference, and not differ from it", () => {
    expect(parseImage(`airflow@${DIGEST}`, DIGEST).imageDigest).toBe(DIGEST);
    expect(() => parseImage(`airflow@${DIGEST}`, OTHER)).toThrow(
      "imageDigest: differs from the digest in the image reference",
    );
  });

  test.each(["", "latest", "sha256:abc", DIGEST.toUpperCase(), ` ${DIGEST}`])("has to be one: %j", (digest) => {
    expect(() => parseImage("airflow:1", digest)).toThrow(/^imageDigest: /);
  });
});
