import {
  defaultFieldResolver,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type FieldNode,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLNamedType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  type SelectionSetNode,
} from "graphql";
import { isList } from "../../infrastructure/graphql/field-costs";
import { LimitExceeded } from "./limits";

/** Limits the objects that one request may resolve. */
export class ObjectBudget {
  private counted = 0;
  private exceeded: LimitExceeded | null = null;

  constructor(private readonly max: number) {}

  /** Why the request ends; null while it is within its budget. */
  get refusal(): LimitExceeded | null {
    return this.exceeded;
  }

  /** @throws LimitExceeded once the budget is exceeded, and then at every call */
  count(objects: number): void {
    this.counted += objects;
    if (this.counted <= this.max) return;
    this.exceeded ??= new LimitExceeded(
      "QUERY_TOO_COSTLY",
      `The query resolves more than ${this.max} objects; ask for less at a time`,
    );
    throw this.exceeded;
  }

  /** A new budget of the same size. */
  afresh(): ObjectBudget {
    return new ObjectBudget(this.max);
  }
}

interface Counted {
  readonly objects?: ObjectBudget;
}

const done = new WeakSet<GraphQLSchema>();

/**
 * Makes each list of objects count when its field is resolved, in whichever way a request is executed: its items, each
 * with the objects that the document selects in it. Lists are few where objects are many, so that counting adds no work
 * per object. Lists of plain records, which their parent already has, are not counted.
 */
export function countObjects(schema: GraphQLSchema): void {
  if (done.has(schema)) return;
  done.add(schema);
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith("__")) continue;
    for (const field of Object.values(type.getFields()))
      if (isCountedList(field)) field.resolve = counting(field.resolve ?? defaultFieldResolver);
  }
}

function isCountedList({ type, resolve }: GraphQLField<unknown, unknown>): boolean {
  const items = getNamedType(type);
  if (!isList(type) || !isCompositeType(items)) return false;
  return (
    resolve !== undefined ||
    !isObjectType(items) ||
    Object.values(items.getFields()).some((field) => field.resolve !== undefined)
  );
}

function counting(resolve: GraphQLFieldResolver<unknown, unknown>): GraphQLFieldResolver<unknown, unknown> {
  return (parent, args, context, info) => {
    const { objects } = context as Counted;
    if (objects === undefined) return resolve(parent, args, context, info);
    if (objects.refusal !== null) throw objects.refusal;
    const count = (list: unknown): unknown => {
      if (Array.isArray(list)) objects.count(list.length * objectsInEach(info));
      return list;
    };
    const result = resolve(parent, args, context, info);
    return isPromise(result) ? result.then(count) : count(result);
  };
}

const isPromise = (value: unknown): value is Promise<unknown> =>
  typeof (value as Promise<unknown> | null)?.then === "function";

const known = new WeakMap<FieldNode, number>();

/** One item of the list with the objects directly inside it. Objects in lists are counted with their list. */
function objectsInEach({ fieldNodes, fragments, returnType, schema }: GraphQLResolveInfo): number {
  let total = 1;
  for (const node of fieldNodes) {
    let inside = known.get(node);
    if (inside === undefined) {
      inside = objectsInside(node.selectionSet, getNamedType(returnType), { fragments, schema });
      known.set(node, inside);
    }
    total += inside;
  }
  return total;
}

function objectsInside(
  selectionSet: SelectionSetNode | undefined,
  type: GraphQLNamedType | undefined,
  around: Pick<GraphQLResolveInfo, "fragments" | "schema">,
): number {
  let total = 0;
  for (const selection of selectionSet?.selections ?? []) {
    if (selection.kind === Kind.FIELD) {
      const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[selection.name.value] : undefined;
      if (field === undefined || selection.selectionSet === undefined || isList(field.type)) continue;
      total += 1 + objectsInside(selection.selectionSet, getNamedType(field.type), around);
    } else {
      const inner = selection.kind === Kind.INLINE_FRAGMENT ? selection : around.fragments[selection.name.value];
      const condition = inner?.typeCondition?.name.value;
      total += objectsInside(
        inner?.selectionSet,
        condition === undefined ? type : around.schema.getType(condition),
        around,
      );
    }
  }
  return total;
}
