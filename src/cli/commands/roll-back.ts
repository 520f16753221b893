import { randomUUID } from "node:crypto";
import type { Api } from "../client/api";
import { ROLL_BACK, UNDO, type Plan, type Revision } from "../client/documents";
import { CliError, EXIT } from "../client/exit-codes";
import { findDeployment, findRevision } from "../client/find";
import { confirm, requireSomebodyToAsk } from "../terminal/ask";
import type { Context } from "./context";
import { planOf, planText, requireAllowed } from "./plan";
import { followToEnd, type FollowOptions } from "./watch";

export interface ChangeOptions extends FollowOptions {
  readonly message: string;
  readonly yes?: boolean;
  readonly acknowledgeDataLoss?: boolean;
  readonly wait?: boolean;
}

export interface RollBackOptions extends ChangeOptions {
  readonly hold?: boolean;
}

/**
 * Shows the plan, asks, and rolls back to what the plan says. A deploy that came since the plan was made refuses it. A request whose
 * answer was lost is sent again with the same key, and so is carried out once.
 */
export async function rollBack(
  context: Context,
  release: string,
  number: number | undefined,
  options: RollBackOptions,
): Promise<void> {
  if (options.yes !== true) requireSomebodyToAsk(context.surroundings);
  const api = await context.api();
  const { id } = await findDeployment(api, release);
  const plan = await planOf(api, id, { number });
  const question = `Roll ${release} back from #${plan.from.number} to #${plan.to.number}${options.hold === true ? ", and hold what is rolled back" : ""}?`;
  await agree(context, plan, question, options);
  const { rollbackDeploy } = await api.send<{ rollbackDeploy: Revision }>(
    ROLL_BACK,
    {
      deploymentUuid: id,
      deployRevisionId: plan.to.id,
      expectedCurrentRevisionId: plan.from.id,
      description: options.message,
      acknowledgeDataLoss: options.acknowledgeDataLoss === true,
      quarantine: options.hold === true,
      idempotencyKey: randomUUID(),
    },
    { retry: true },
  );
  await report(context, api, release, rollbackDeploy, options);
}

/** Undoes the newest revision, or the one with the number; it has to be a rollback. */
export async function undo(
  context: Context,
  release: string,
  number: number | undefined,
  options: ChangeOptions,
): Promise<void> {
  if (options.yes !== true) requireSomebodyToAsk(context.surroundings);
  const api = await context.api();
  const { id } = await findDeployment(api, release);
  const rollback = await findRevision(api, id, number);
  if (!rollback.isRollback || rollback.rolledBackId === null)
    throw new CliError(`#${rollback.number} of ${release} is no rollback, so there is nothing to undo`, EXIT.refused);
  const plan = await planOf(api, id, { id: rollback.rolledBackId });
  await agree(context, plan, `Undo #${rollback.number} of ${release}, and roll back to #${plan.to.number}?`, options, {
    // The hold that the rollback has made is lifted with it.
    except: "TARGET_QUARANTINED",
  });
  const { undoRollback } = await api.send<{ undoRollback: Revision }>(
    UNDO,
    {
      deployRevisionId: rollback.id,
      description: options.message,
      acknowledgeDataLoss: options.acknowledgeDataLoss === true,
    },
    // Without a key the server could not tell a repetition from a second request.
    { retry: false },
  );
  await report(context, api, release, undoRollback, options);
}

async function agree(
  context: Context,
  plan: Plan,
  question: string,
  { yes, acknowledgeDataLoss }: ChangeOptions,
  { except }: { except?: string } = {},
): Promise<void> {
  const blockers = plan.blockers.filter(({ code }) => code !== except);
  context.tell(planText({ ...plan, blockers }));
  requireAllowed({ ...plan, blockers, allowed: blockers.length === 0 });
  if (plan.database.losesData && acknowledgeDataLoss !== true)
    throw new CliError(
      "Data of the metadata database would be lost: back it up, and say --acknowledge-data-loss if that is acceptable",
      EXIT.usage,
    );
  if (yes !== true) await confirm(question, context.surroundings);
}

async function report(
  context: Context,
  api: Api,
  release: string,
  revision: Revision,
  options: ChangeOptions,
): Promise<void> {
  if (options.wait === true) {
    context.tell(`#${revision.number} is recorded`);
    await followToEnd(context, api, revision, options);
    return;
  }
  context.result(
    options,
    revision,
    () => `#${revision.number} is recorded; follow it with: retrograde watch ${release} ${revision.number}\n`,
  );
}
