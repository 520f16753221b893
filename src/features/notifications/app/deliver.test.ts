import type { Instant } from "../../../kernel/instant";
import type { OutboxJob } from "../../../kernel/outbox";
import type { Webhook } from "../domain/webhook";
import type { WebhookDelivery } from "../domain/webhook-delivery";
import { Deliver } from "./deliver";
import type { NotificationStores } from "./ports";

const now: Instant = "2026-03-01T12:00:00.000Z";
const { signal } = new AbortController();
const line = (webhookId: string) => ({ webhookId, deploymentId: null });

/** Every line has one delivery, until it has been settled. */
function world(post: () => Promise<{ status: number }>, maxAtOnce: number) {
  const jobs: OutboxJob[] = [];
  const settled: string[] = [];
  const deliveries = {
    lockHead: async ({ webhookId }: { webhookId: string }) =>
      settled.includes(webhookId)
        ? null
        : ({ id: webhookId, event: {}, attempts: 0, nextAttemptAt: now, claimedUntil: null } as WebhookDelivery & {
            claimedUntil: null;
          }),
    claim: async () => undefined,
    settle: async ({ id }: WebhookDelivery) => settled.push(id) > 0,
  };
  const stores = { deliveries, outbox: { add: async (job: OutboxJob) => void jobs.push(job) } };
  const deliver = new Deliver({
    unitOfWork: { run: (work) => work(stores as unknown as NotificationStores) },
    readModel: { find: async (id) => ({ id, url: "https://hooks.example.com", format: "SLACK" }) as Webhook },
    secretsOf: () => ({ open: () => "whsec_AAAA", seal: String, isCurrent: () => true }),
    post,
    clock: () => now,
    maxAtOnce,
  });
  return { deliver, jobs, settled };
}

test("receivers that do not answer hold up no more workers than deliveries may have", async () => {
  const answers: (() => void)[] = [];
  const post = jest.fn(() => new Promise<{ status: number }>((done) => answers.push(() => done({ status: 204 }))));
  const { deliver, jobs, settled } = world(post, 2);
  const slow = ["a", "b"].map((id) => deliver.execute(line(id), signal));
  while (answers.length < 2) await new Promise(setImmediate);
  await deliver.execute(line("c"), signal);
  expect({ calls: post.mock.calls.length, jobs }).toMatchObject({
    calls: 2,
    jobs: [{ payload: { webhookId: "c" }, delayMs: 1_000 }],
  });
  answers.forEach((answer) => answer());
  await Promise.all(slow);
  const last = deliver.execute(line("c"), signal);
  while (answers.length < 3) await new Promise(setImmediate);
  answers[2]!();
  await last;
  expect(settled).toEqual(["a", "b", "c"]);
});

test("a line that is sent slowly gives others their turn", async () => {
  const time = jest.spyOn(performance, "now").mockReturnValue(0);
  const post = async () => {
    time.mockReturnValue(20_000);
    return { status: 204 };
  };
  try {
    const { deliver, jobs, settled } = world(post, 1);
    await deliver.execute(line("a"), signal);
    expect(settled).toEqual(["a"]);
    expect(jobs).toMatchObject([{ payload: { webhookId: "a" }, delayMs: 0 }]);
  } finally {
    time.mockRestore();
  }
});
