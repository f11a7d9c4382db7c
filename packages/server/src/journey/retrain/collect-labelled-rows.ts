import type { LabelStore } from '../../ledger/index.ts';
import type { TableSchema } from '../ingest/index.ts';
import type { PredictionLogReader } from '../serve/index.ts';
import { assembleLabelledRows } from './assemble-labelled-rows.ts';
import type { LabelledRows } from './model.ts';

/** What collecting asks of the world. */
export type CollectPorts = { log: PredictionLogReader; labels: Pick<LabelStore, 'list'> };

export type CollectRequest = {
  endpoint: string;
  /** Moment up to which labelled predictions were collected before, UTC ISO 8601; null when every one is new. */
  since: string | null;
  schema: TableSchema;
  target: string;
  /** By which the rows of the dataset are in order, where one was named. */
  timeColumn?: string;
};

/**
 * The labelled predictions that were not collected before, batch by batch in the order of the log: predicted or labelled
 * since.
 */
export async function* collectLabelledRows(
  { endpoint, since, ...columns }: CollectRequest,
  { log, labels }: CollectPorts,
): AsyncGenerator<LabelledRows> {
  for await (const batch of log.read(endpoint, {})) {
    const known = await labels.list(endpoint, { predictionIds: batch.map(({ id }) => id) });
    const observed = new Map(known.map(({ predictionId, observedAt }) => [predictionId, observedAt]));
    const fresh = batch.filter(
      ({ id, ts }) => since === null || ts >= since || (observed.get(id) ?? '') >= since,
    );
    if (fresh.length > 0) yield assembleLabelledRows(fresh, known, columns);
  }
}
