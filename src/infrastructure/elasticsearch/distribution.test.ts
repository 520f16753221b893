import { withFlatObjects, withoutLongTexts } from "./distribution";

test("long texts are cut at any depth, and never within a character", () => {
  const long = "x".repeat(9_000);
  const cut = withoutLongTexts({
    a: long,
    b: [{ c: long }, 1, null, true],
    d: "short",
    e: "🚀".repeat(5_000),
    f: `x${"🚀".repeat(5_000)}`,
  });
  expect(cut).toEqual({
    a: "x".repeat(8_000),
    b: [{ c: "x".repeat(8_000) }, 1, null, true],
    d: "short",
    e: "🚀".repeat(4_000),
    f: `x${"🚀".repeat(3_999)}`,
  });
});

test("only flattened fields become flat objects, without options", () => {
  const properties = {
    a: { type: "flattened", ignore_above: 8191 },
    b: { type: "keyword", ignore_above: 1024 },
  } as const;
  const template = { name: "t", version: 2, template: { mappings: { properties } } };
  expect(withFlatObjects(template)).toEqual({
    ...template,
    template: { mappings: { properties: { a: { type: "flat_object" }, b: properties.b } } },
  });
});
