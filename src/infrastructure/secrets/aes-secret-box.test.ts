import { SecretsNotTaken, SecretUnreadable } from "../../kernel/secret-box";
import { AesSecretBox } from "./aes-secret-box";

const key = (byte: number): string => Buffer.alloc(32, byte).toString("base64");
const [OLD, NEW] = [key(1), key(2)];
const HERE = "deployment-1";

test.each(["", "s3cret", "Ümläut 🚀\n", "x".repeat(65_536)])("%.10j comes back as it was", (text) => {
  const { seal, open } = new AesSecretBox([NEW]).of(HERE);
  expect(open(seal(text, "a"), "a")).toBe(text);
});

test("nothing of the text is to be seen, and the same text looks different each time", () => {
  const { seal } = new AesSecretBox([NEW]).of(HERE);
  const [one, other] = [seal("s3cret-s3cret", "a"), seal("s3cret-s3cret", "a")];
  expect(one).not.toBe(other);
  const bytes = Buffer.concat(one.split(".").map((part) => Buffer.from(part, "base64url")));
  expect(bytes.includes("s3cret")).toBe(false);
});

test("the first key seals, and all of them open", () => {
  const sealed = new AesSecretBox([OLD]).of(HERE).seal("s3cret", "a");
  const rotated = new AesSecretBox([NEW, OLD]).of(HERE);
  expect(rotated.open(sealed, "a")).toBe("s3cret");
  expect(rotated.isCurrent(sealed)).toBe(false);
  const again = rotated.seal("s3cret", "a");
  expect(rotated.isCurrent(again)).toBe(true);
  expect(new AesSecretBox([NEW]).of(HERE).open(again, "a")).toBe("s3cret");
});

describe("what does not belong there is not opened:", () => {
  const box = new AesSecretBox([NEW]);
  const sealed = box.of(HERE).seal("s3cret", "a");
  const [version, id, nonce = "", content = ""] = sealed.split(".");
  const flipped = (text: string): string => {
    const bytes = Buffer.from(text, "base64url");
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    return bytes.toString("base64url");
  };

  test.each<[string, () => unknown]>([
    ["another field's", () => box.of(HERE).open(sealed, "b")],
    ["another Deployment's", () => box.of("deployment-2").open(sealed, "a")],
    ["one of a key that is gone", () => new AesSecretBox([OLD]).of(HERE).open(sealed, "a")],
    ["one without any key", () => new AesSecretBox([]).of(HERE).open(sealed, "a")],
    ["changed content", () => box.of(HERE).open([version, id, nonce, flipped(content)].join("."), "a")],
    ["a changed nonce", () => box.of(HERE).open([version, id, flipped(nonce), content].join("."), "a")],
    ["a cut tag", () => box.of(HERE).open([version, id, nonce, content.slice(0, 8)].join("."), "a")],
    ["another version", () => box.of(HERE).open(["v2", id, nonce, content].join("."), "a")],
    ["something appended", () => box.of(HERE).open(`${sealed}.x`, "a")],
    ["plain text", () => box.of(HERE).open("s3cret", "a")],
    ["nothing", () => box.of(HERE).open("", "a")],
  ])("%s", (_name, open) => {
    expect(open).toThrow(SecretUnreadable);
  });
});

test("without a key nothing is sealed", () => {
  expect(() => new AesSecretBox([]).of(HERE).seal("s3cret", "a")).toThrow(SecretsNotTaken);
});
