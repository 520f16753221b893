import type { ElasticsearchSinkOptions } from "../../../infrastructure/line-export/elasticsearch-sink";
import { withoutLongTexts } from "../../../infrastructure/elasticsearch/distribution";
import { ElasticsearchSink } from "../../../infrastructure/line-export/elasticsearch-sink";
import { indexName, toDocument, type LogLine } from "../domain/log-line";
import { indexTemplate } from "./index-template";

/** @param indexPrefix the first part of the index names: `fluentd`, or `vector` where sidecars collect */
export const createLogSink = (
  indexPrefix: string,
  options: Pick<ElasticsearchSinkOptions<LogLine>, "client" | "clock" | "maxRequestBytes">,
): ElasticsearchSink<LogLine> =>
  new ElasticsearchSink({
    ...options,
    template: indexTemplate(indexPrefix),
    indexOf: (line) => indexName(indexPrefix, line),
    documentOf: (line) => toDocument({ ...line, fields: withoutLongTexts(line.fields) }),
  });
