import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Api } from "./api";

let answer = "";
const server = createServer((_request, response) => void response.end(answer));
let api: Api;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  api = new Api(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, null);
});
afterAll(() => server.close());

const ask = () => api.send("{ self { user { id } } }", {}, { retry: false });

test.each([
  ...["", "[]", "null", "{}", "<html>", '{"data":null}', '{"data":"x"}', '{"data":[]}'],
  ...['{"errors":{}}', '{"data":{},"errors":[]}', '{"errors":"x"}', '{"errors":[null]}', '{"errors":[{"message":{}}]}'],
  ...['{"errors":[{"message":"m","extensions":null}]}', '{"errors":[{"message":"m","extensions":{"code":{}}}]}'],
  ...[
    '{"errors":[{"message":"m","extensions":{"issues":"x"}}]}',
    '{"errors":[{"message":"m","extensions":{"issues":[null]}}]}',
  ],
])("%s is no answer of this API", async (text) => {
  answer = text;
  await expect(ask()).rejects.toThrow("is not the API of a Retrograde");
});

test("data is returned, and the first error thrown", async () => {
  answer = '{"data":{"self":null}}';
  expect(await ask()).toEqual({ self: null });
  const issue = { code: "HELD", message: "held", remedy: null };
  answer = JSON.stringify({
    data: null,
    errors: [{ message: "no", extensions: { code: "NOT_FOUND", issues: [issue] } }],
  });
  await expect(ask()).rejects.toMatchObject({ message: "no", code: "NOT_FOUND", issues: [issue], exitCode: 7 });
});
