import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { DeployRevisionFilter, LineFragment } from "../../gql";
import type { IconName } from "../../lib/icon-shapes";
import { historyQuery } from "../../lib/queries";
import { ACTOR } from "../../lib/words";

interface ActorChoice {
  readonly id: string;
  readonly word: string;
  readonly icon: IconName;
}

/**
 * Who can be filtered by: those whose deploys this page has loaded since it was opened. The service has no list of them. Of somebody who has been
 * renamed, the newest name that was seen first.
 */
export function useActors(
  deploymentUuid: string,
  filter: DeployRevisionFilter | null,
  chosen: string | undefined,
): ActorChoice[] {
  const queryClient = useQueryClient();
  const [known, setKnown] = useState<ReadonlyMap<string, LineFragment["createdBy"]>>(new Map());
  const { data: first } = useQuery({ ...historyQuery(deploymentUuid, filter, null), enabled: false });
  // Somebody who follows a link to a filtered history can choose another person, too.
  const { data: all } = useQuery({ ...historyQuery(deploymentUuid, null, null), enabled: filter !== null });

  useEffect(() => {
    setKnown((old) => {
      const next = new Map(old);
      const cached = queryClient.getQueriesData<{ nodes: readonly LineFragment[] }>({
        queryKey: ["history", deploymentUuid],
      });
      for (const [, page] of cached)
        for (const { createdBy } of page?.nodes ?? []) if (!next.has(createdBy.id)) next.set(createdBy.id, createdBy);
      return next.size === old.size ? old : next;
    });
  }, [queryClient, deploymentUuid, first, all, chosen]);

  return [...known.values()]
    .map(({ id, label, type }) => ({ id, word: label, icon: ACTOR[type].icon }))
    .sort((a, b) => a.word.localeCompare(b.word));
}
