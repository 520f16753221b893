import { readFileSync } from "node:fs";
import { join } from "node:path";
import { printApiSchema } from "../src/shared/graphql/build-schema";
import { startTestApp, type TestApp } from "./world/app";

describe("the schema", () => {
  let world: TestApp;
  beforeAll(async () => {
    world = await startTestApp();
  });
  afterAll(() => world.close());

  test("is what schema.graphql says", () => {
    expect(printApiSchema(world.app.schema)).toBe(readFileSync(join(__dirname, "..", "schema.graphql"), "utf8"));
  });

  test("answers appConfig without a login", async () => {
    const { status, data, errors } = await world.send("{ appConfig { version featureFlags } }");
    expect({ status, errors }).toEqual({ status: 200, errors: undefined });
    expect(data.appConfig.version).toBe("0.35.4");
  });
});
