import { InvalidInput } from "../../../kernel/errors";

/** RFC 1123, as Kubernetes names namespaces. */
const NAMESPACE = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
/** Kubernetes keeps names that begin so for itself. */
const RESERVED = /^kube-/;

/** Whether and how people may choose the namespace of a new Deployment. */
export interface NamespaceRules {
  /** From the pool. */
  readonly manualNamespaceNames: boolean;
  /** The pool. */
  readonly preCreatedNamespaces: readonly string[];
  /** Any name. */
  readonly namespaceFreeFormEntry: boolean;
}

/** If nothing can be chosen, the namespace has the release name. */
const isPooled = ({ manualNamespaceNames, preCreatedNamespaces, namespaceFreeFormEntry }: NamespaceRules): boolean =>
  manualNamespaceNames && !namespaceFreeFormEntry && preCreatedNamespaces.length > 0;

/**
 * The namespace of a new Deployment: one of the pool where there is a pool, which has to be asked for; else what was
 * asked for where people may type one; else the release name. Whether it is free shows when it is taken.
 * @throws InvalidInput
 */
export function namespaceFor(asked: string | undefined, releaseName: string, rules: NamespaceRules): string {
  const { preCreatedNamespaces: pool } = rules;
  if (isPooled(rules)) {
    if (asked === undefined)
      throw new InvalidInput("namespace", "has to be chosen from the pool, see availableNamespaces");
    if (!pool.includes(asked))
      throw new InvalidInput("namespace", "is not in the pool of namespaces (deployments.preCreatedNamespaces)");
    return asked;
  }
  if (asked === undefined) {
    if (RESERVED.test(releaseName))
      throw new InvalidInput("releaseName", "names the namespace as well, and cannot begin with kube-");
    return releaseName;
  }
  if (!rules.namespaceFreeFormEntry) {
    throw new InvalidInput(
      "namespace",
      "cannot be chosen on this installation (deployments.manualNamespaceNames, deployments.namespaceFreeFormEntry)",
    );
  }
  if (!NAMESPACE.test(asked) || RESERVED.test(asked)) {
    throw new InvalidInput(
      "namespace",
      "has to hold only a–z, 0–9 and dashes inside, 63 characters at most, and not begin with kube-",
    );
  }
  return asked;
}

/** Returns the free namespaces of the pool, in its order. */
export const freeNamespaces = (
  { manualNamespaceNames, preCreatedNamespaces }: NamespaceRules,
  taken: readonly string[],
): string[] => (manualNamespaceNames ? preCreatedNamespaces.filter((name) => !taken.includes(name)) : []);
