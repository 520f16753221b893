import { buildHold } from "../../../../test/builders/domain";
import { contentToHold, heldLabel, holdAgainst, isSameImage, NO_IMAGE, type HeldContent, type Hold } from "./hold";

const [ONE, TWO] = [`sha256:${"1".repeat(64)}`, `sha256:${"2".repeat(64)}`];

const content = (overrides: Partial<HeldContent> = {}): HeldContent => ({
  imageRepository: "registry.example.com/airflow",
  imageTag: "one",
  imageDigest: ONE,
  dagBundleSha256: null,
  ...overrides,
});

const holdOn = (held: HeldContent): Hold => buildHold(held);

describe("two images", () => {
  test.each<[string, Partial<HeldContent>, boolean]>([
    ["with one digest under two names", { imageRepository: "mirror", imageTag: "x" }, true],
    ["with two digests under one name", { imageDigest: TWO }, false],
    ["with one name, of which one has no digest", { imageDigest: null }, true],
    ["with two tags, of which one has no digest", { imageDigest: null, imageTag: "two" }, false],
    ["of two repositories, of which one has no digest", { imageDigest: null, imageRepository: "mirror" }, false],
    ["of which one is none", NO_IMAGE, false],
  ])("%s", (_name, other, same) => {
    expect(isSameImage(content(), content(other))).toBe(same);
    expect(isSameImage(content(other), content())).toBe(same);
  });

  test("without tags and with one digest unknown are not known to be the same", () => {
    expect(isSameImage(content({ imageTag: null }), content({ imageTag: null, imageDigest: null }))).toBe(false);
    expect(isSameImage(NO_IMAGE, NO_IMAGE)).toBe(false);
  });
});

describe("a hold", () => {
  const held = holdOn(content({ dagBundleSha256: "dags" }));

  test("stands against its image and against its DAGs", () => {
    expect(holdAgainst([held], content())).toBe(held);
    expect(holdAgainst([held], content({ imageDigest: TWO, dagBundleSha256: "dags" }))).toBe(held);
    expect(holdAgainst([held], content({ imageDigest: TWO, dagBundleSha256: "other" }))).toBeNull();
    expect(holdAgainst([], content())).toBeNull();
  });

  test("on what runs already stands against nothing", () => {
    const running = content({ dagBundleSha256: "dags" });
    expect(holdAgainst([held], content({ dagBundleSha256: "good" }), running)).toBeNull();
    expect(holdAgainst([held], running, content({ dagBundleSha256: "good" }))).toBe(held);
    expect(holdAgainst([held], running, running)).toBeNull();
  });

  test("on DAGs alone stands against no image", () => {
    const onDags = holdOn({ ...NO_IMAGE, dagBundleSha256: "dags" });
    expect(holdAgainst([onDags], content())).toBeNull();
    expect(holdAgainst([onDags], { ...NO_IMAGE, dagBundleSha256: null })).toBeNull();
  });
});

test("what is held is what the other does not have", () => {
  const both = content({ dagBundleSha256: "dags" });
  expect(contentToHold(both, null)).toEqual(both);
  expect(contentToHold(both, content({ dagBundleSha256: "other" }))).toEqual({ ...NO_IMAGE, dagBundleSha256: "dags" });
  expect(contentToHold(both, content({ imageDigest: TWO, dagBundleSha256: "dags" }))).toEqual(content());
  expect(contentToHold(both, both)).toBeNull();
  expect(contentToHold({ ...NO_IMAGE, dagBundleSha256: null }, null)).toBeNull();
});

test("messages name what is held", () => {
  expect(heldLabel(content())).toBe(`registry.example.com/airflow:one@${ONE}`);
  expect(heldLabel({ ...NO_IMAGE, dagBundleSha256: "0123456789abcdef" })).toBe("the DAG bundle 0123456789ab");
});
