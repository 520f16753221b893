import type { ApolloServerPlugin, GraphQLRequestListener } from "@apollo/server";
import { HeaderMap } from "@apollo/server";
import { Unauthenticated } from "../../kernel/errors";
import type { CheckedQuery, Variables } from "./compiled-queries";
import { asksForIntrospection, standardForm } from "./introspection";
import { IntrospectionAnswers } from "./introspection-answers";
import { KnownDocuments } from "./known-documents";
import { shownRefusal, type RequestRefused } from "./limits";
import { ObjectBudget } from "./object-budget";
import { CostLimit } from "./query-cost";
import { asRefusal, CallerLimits, type CallerLimitsSettings } from "./caller-limits";
import type { RequestContext } from "./request-context";

/** Points of work for an introspection query whose result is not cached; later ones are answered from the cache. */
const INTROSPECTION_POINTS = 1_000;

export interface WorkLimits extends CallerLimitsSettings {
  readonly maxCost: number;
  readonly maxObjects: number;
}

/** The budget of work of one request and of each caller (docs/adr/0021), the same over HTTP and over WebSockets. */
export class WorkBudget {
  readonly documents: KnownDocuments;
  private readonly callers: CallerLimits;
  private readonly cost: CostLimit;
  private readonly answers = new IntrospectionAnswers();

  constructor(private readonly limits: WorkLimits) {
    this.documents = new KnownDocuments(limits.maxTokens);
    this.callers = new CallerLimits(limits, this.documents);
    this.cost = new CostLimit(limits.maxCost);
  }

  /** Called before the request is read. */
  admit(query: unknown, context: RequestContext): Promise<RequestRefused | null> {
    context.objects = new ObjectBudget(this.limits.maxObjects);
    return this.callers.refusalOf(query, context);
  }

  /** Called before a valid operation is executed, for each set of variables. Charges the caller for the cost. */
  async refusalOf(query: CheckedQuery, variables: Variables, context: RequestContext): Promise<RequestRefused | null> {
    const cost = this.cost.costOf(query, variables, "ALL");
    return (
      this.cost.refusalOf(query, cost) ??
      this.callers.refusalOfOperation(context, query, cost) ??
      (await this.callers.charge(context, this.cost.costOf(query, variables, "DECLARED")))
    );
  }

  plugin(): ApolloServerPlugin<RequestContext> {
    const listener: GraphQLRequestListener<RequestContext> = {
      didResolveOperation: async ({ schema, document, operation, request, contextValue }) => {
        // Apollo's types guarantee an operation, but its pipeline does not.
        if (operation === undefined) return;
        const query = { schema, document, operation };
        const refusal =
          (await this.refusalOfIntrospection(query, contextValue)) ??
          (await this.refusalOf(query, request.variables ?? {}, contextValue));
        if (refusal !== null) throw refusal;
      },
      responseForOperation: async ({ document, operation }) => {
        const form = operation === undefined ? null : standardForm(document, operation);
        const data = form === null ? null : this.answers.known(form);
        return (
          data && { http: { status: 200, headers: new HeaderMap() }, body: { kind: "single", singleResult: { data } } }
        );
      },
      willSendResponse: async ({ contextValue, response }) => {
        const { refusal } = contextValue.objects;
        if (refusal === null) return;
        // Each list that was left out has an error of its own, and a partial result is of no use.
        response.body = { kind: "single", singleResult: { errors: [shownRefusal(refusal)] } };
        response.http.status = refusal.status;
      },
    };
    return { requestDidStart: async () => listener };
  }

  private async refusalOfIntrospection(query: CheckedQuery, context: RequestContext): Promise<RequestRefused | null> {
    const { document, operation } = query;
    if (!asksForIntrospection(document, operation)) return null;
    const { caller } = context;
    if (this.limits.introspection === "signed-in" && caller?.kind === "NO_SESSION")
      return asRefusal(new Unauthenticated(caller.reason));
    const form = standardForm(document, operation);
    if (form === null || this.answers.known(form) !== null) return null;
    const refusal = await this.callers.charge(context, INTROSPECTION_POINTS);
    if (refusal === null) this.answers.make(form, query);
    return refusal;
  }
}
