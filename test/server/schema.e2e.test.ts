import type { GraphQLObjectType } from "graphql";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { listsWithoutSize } from "../../src/infrastructure/graphql/field-costs";
import { printApiSchema } from "../../src/server/graphql/build-schema";
import { startTestApp, type TestApp } from "../world/app";

describe("the schema", () => {
  let world: TestApp;
  beforeAll(async () => {
    world = await startTestApp();
  });
  afterAll(() => world.close());

  test("is what schema.graphql says", () => {
    expect(printApiSchema(world.app.schema)).toBe(readFileSync(join(__dirname, "..", "..", "schema.graphql"), "utf8"));
  });

  test("gives every list a size that the cost of a query multiplies by", () => {
    expect(listsWithoutSize(world.app.schema)).toEqual([]);
  });

  test("reads what is declared simple straight off its parent, getters included", () => {
    const { id, image, createdBy, rollback } = (
      world.app.schema.getType("DeployRevision") as GraphQLObjectType
    ).getFields();
    expect([id, image, createdBy].map((field) => field?.resolve)).toEqual([undefined, undefined, undefined]);
    expect(rollback?.resolve).toBeDefined();
  });

  test("answers appConfig without a login", async () => {
    const { status, data, errors } = await world.send("{ appConfig { version featureFlags } }");
    expect({ status, errors }).toEqual({ status: 200, errors: undefined });
    expect(data.appConfig.version).toBe("0.35.4");
  });
});
