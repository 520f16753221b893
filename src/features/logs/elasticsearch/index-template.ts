import type { estypes } from "@elastic/elasticsearch";
import { NUMBERS } from "../domain/log-line";

/** Increase it with every change below; otherwise existing installations keep their template. */
const VERSION = 2;

/**
 * Exact matching under the name itself and under `<name>.keyword`, where Elasticsearch puts it for fields that no
 * template maps: queries and dashboards made before this template was there go on working.
 */
const EXACT: estypes.MappingProperty = {
  type: "keyword",
  ignore_above: 1024,
  fields: { keyword: { type: "keyword", ignore_above: 1024 } },
};

/**
 * The mapping for indices `<prefix>.*`, which the platform's log collectors write to as well.
 *
 * It is made so as not to fight theirs. Its priority is the lowest that cannot clash: a template of the operator's (by
 * custom 100 and up) goes before it, whereas equal priority 0, which is what "none" means, would make Elasticsearch
 * refuse whichever of the two comes second. Where ours applies, the collectors lose nothing: their own template maps
 * `date_nano` alone and as here, every other field is mapped as Elasticsearch would by itself or more exactly, and
 * there are no settings. Where ours does not apply, search still works (see LogSearch).
 * `flattened` keeps the fields of our lines from adding columns to the mapping, or clashing in type. It compares
 * numbers as text, so the few that are searched by range stand beside it.
 */
export function indexTemplate(prefix: string) {
  return {
    name: `${prefix}-retrograde`,
    index_patterns: [`${prefix}.*`],
    priority: 1,
    version: VERSION,
    _meta: { managed_by: "retrograde" },
    template: {
      mappings: {
        properties: {
          "@timestamp": { type: "date" },
          date_nano: { type: "date_nanos" },
          component: EXACT,
          workspace: EXACT,
          release: EXACT,
          message: { type: "text", fields: { keyword: { type: "keyword", ignore_above: 256 } } },
          retrograde: {
            properties: {
              lineId: EXACT,
              deploymentId: EXACT,
              ...Object.fromEntries(NUMBERS.map((name) => [name, { type: "long" } as const])),
              // Lucene takes terms of up to 32,766 bytes, and a character has up to four of them.
              fields: { type: "flattened", ignore_above: 8191 },
            },
          },
        },
      },
    },
  } satisfies estypes.IndicesPutIndexTemplateRequest;
}
