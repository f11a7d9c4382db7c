import type { DatasetManifest, Ingested, IngestPorts } from '../ingest/index.ts';
import { fillColumn } from '../ingest/index.ts';
import type { AgreedLabel } from './consensus.ts';
import { labelsDigest } from './labels-digest.ts';
import type { LabelQueue } from './model.ts';
import { labelValue } from './target-answers.ts';

export type LabelsToApply = {
  queue: Pick<LabelQueue, 'id' | 'target' | 'type'>;
  /** The version to build on; its rows are those of the queue's, more may follow. */
  parent: DatasetManifest;
  labels: readonly Pick<AgreedLabel, 'row' | 'label'>[];
  signal?: AbortSignal;
};

/**
 * A new dataset version in which the labelled rows have the answer people agreed on; the column is added when the
 * dataset lacks it. Its lineage names the queue. Throws what `fillColumn` throws.
 */
export async function applyLabels(request: LabelsToApply, ports: IngestPorts): Promise<Ingested> {
  const { queue, parent, labels, signal } = request;
  const { sha256, bytes } = labelsDigest(labels);
  return fillColumn(
    parent,
    {
      column: { name: queue.target, type: queue.type },
      cells: labels.map(({ row, label }) => ({ row, value: labelValue(queue.type, label) })),
      lineage: {
        source: `labelling queue ${queue.id}`,
        sourceSha256: sha256,
        sourceBytes: bytes,
        format: 'labels',
      },
      ...(signal === undefined ? {} : { signal }),
    },
    ports,
  );
}
