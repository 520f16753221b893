import type { estypes } from "@elastic/elasticsearch";
import { withoutLongTexts } from "../../../infrastructure/elasticsearch/distribution";
import {
  ElasticsearchSink,
  type ElasticsearchSinkOptions,
} from "../../../infrastructure/line-export/elasticsearch-sink";
import { inDialect, type AuditLine } from "../app/audit-queries";

const EXACT: estypes.MappingProperty = { type: "keyword", ignore_above: 1024 };

const MAPPINGS: estypes.MappingTypeMapping = {
  properties: {
    "@timestamp": { type: "date" },
    message: { type: "text" },
    lineId: EXACT,
    action: EXACT,
    actorId: EXACT,
    actorType: EXACT,
    actorLabel: EXACT,
    objectType: EXACT,
    objectId: EXACT,
    objectLabel: EXACT,
    workspaceUuid: EXACT,
    deploymentUuid: EXACT,
    requestId: EXACT,
    address: EXACT,
    // Whatever an action has to tell adds no columns to the mapping, and cannot clash in type.
    details: { type: "flattened", ignore_above: 8191 },
  },
};

const indexTemplate = (prefix: string) => ({
  name: prefix,
  index_patterns: [`${prefix}.*`],
  priority: 1,
  version: 1,
  _meta: { managed_by: "retrograde" },
  template: { mappings: MAPPINGS },
});

/** `<prefix>.<YYYY.MM>`, the month in UTC: few lines are kept for long, which is the other way round with logs. */
const indexName = (prefix: string, { createdAt }: Pick<AuditLine, "createdAt">): string =>
  `${prefix}.${createdAt.slice(0, "YYYY-MM".length).replace("-", ".")}`;

/** The line as Elasticsearch keeps it, with a sentence for people. */
function toDocument(line: AuditLine): object {
  const { id, createdAt, ...facts } = inDialect(line);
  const message = [line.actorLabel, line.action, line.objectLabel].filter((part) => part !== null).join(" ");
  return { "@timestamp": createdAt, message, lineId: id, ...facts, details: withoutLongTexts(facts.details) };
}

export const createAuditSink = (
  prefix: string,
  options: Pick<ElasticsearchSinkOptions<AuditLine>, "client" | "clock">,
): ElasticsearchSink<AuditLine> =>
  new ElasticsearchSink({
    ...options,
    template: indexTemplate(prefix),
    indexOf: (line) => indexName(prefix, line),
    documentOf: toDocument,
  });
