import type { PendingLabel } from '../../metadata/index.ts';
import type { TableSchema } from '../ingest/index.ts';
import type { PredictionLogReader, TimeWindow } from '../serve/index.ts';
import { assembleLabelledRows } from './assemble-labelled-rows.ts';
import type { LabelledRows } from './model.ts';

/** What collecting asks of the world. */
export type CollectPorts = { log: PredictionLogReader };

export type CollectRequest = {
  endpoint: string;
  /** Labels that no row of the dataset has. */
  labels: readonly Pick<PendingLabel, 'predictionId' | 'value'>[];
  /** The part of the log that holds their predictions. */
  window: TimeWindow;
  schema: TableSchema;
  target: string;
  /** By which the rows of the dataset are in order, where one was named. */
  timeColumn?: string;
};

/**
 * The predictions of these labels as rows, batch by batch in the order of the log. A prediction is one row, however often the
 * log holds its id: its first record counts.
 */
export async function* collectLabelledRows(
  { endpoint, labels, window, ...columns }: CollectRequest,
  { log }: CollectPorts,
): AsyncGenerator<LabelledRows> {
  const sought = new Map(labels.map((label) => [label.predictionId, label]));
  if (sought.size === 0) return;
  for await (const batch of log.read(endpoint, window)) {
    const records = [];
    const found = [];
    for (const record of batch) {
      const label = sought.get(record.id);
      if (label === undefined) continue;
      sought.delete(record.id);
      records.push(record);
      found.push(label);
    }
    if (records.length > 0) yield assembleLabelledRows(records, found, columns);
    if (sought.size === 0) return;
  }
}
