import type { PendingLabel } from '../../metadata/index.ts';
import { labelCell } from '../../stages/label/index.ts';
import { collectLabelledRows } from '../../stages/retrain/index.ts';
import { jsonLines, jsonParts } from '../complete/json-lines.ts';
import type { MonitorInput, MonitorOutput, TakenLabel } from '../model.ts';
import { windowOfPredictions } from '../monitoring/window-of-predictions.ts';
import type { JobPorts } from './job-ports.ts';

/** Labels that are looked for in the log at once. */
const LABELS_AT_ONCE = 200_000;

type Gathered = { rows: number; corrected: number };

/**
 * The rows for a retraining by policy, as NDJSON: predictions whose labels the dataset has not taken in. Beside them which label
 * went into which row, and which rows of the dataset have another label now.
 */
export async function freshRows(
  { endpoint, gather }: MonitorInput,
  ports: Pick<JobPorts, 'objects' | 'predictions'>,
): Promise<MonitorOutput['fresh']> {
  if (gather === null) return null;
  const taken: TakenLabel[] = [];
  const { sha256 } = await ports.objects.put(rowsOf(endpoint, gather, ports, taken));
  const appended = taken.filter(({ row }) => row === null);
  const corrected = taken.filter(({ row }) => row !== null);
  const labels = await ports.objects.put(jsonLines([...appended, ...corrected]));
  const counts: Gathered = { rows: appended.length, corrected: corrected.length };
  return { sha256, ...counts, labels: labels.sha256, manifestId: gather.manifestId };
}

async function* rowsOf(
  endpoint: string,
  { labels: sha256, schema, target, timeColumn }: NonNullable<MonitorInput['gather']>,
  { objects, predictions }: Pick<JobPorts, 'objects' | 'predictions'>,
  taken: TakenLabel[],
): AsyncGenerator<Uint8Array> {
  const { type, reading } = schema.columns.find(({ name }) => name === target)!;
  const cell = labelCell({ type, classes: [], reading, missingWords: schema.missingWords });
  for await (const part of jsonParts<PendingLabel>(objects.read(sha256), LABELS_AT_ONCE)) {
    const corrected = part.filter(({ row, value }) => row !== null && cell(value) !== undefined);
    taken.push(...corrected.map(({ predictionId, value, row }) => ({ predictionId, value, row })));
    const labels = part.filter(({ row }) => row === null);
    const window = windowOfPredictions(labels.map(({ predictionId }) => predictionId)) ?? {};
    const columns = { schema, target, ...(timeColumn !== undefined && { timeColumn }) };
    const request = { endpoint, labels, window, ...columns };
    for await (const { rows, labels: own } of collectLabelledRows(request, { log: predictions })) {
      taken.push(...own.map((label) => ({ ...label, row: null })));
      yield jsonLines(rows);
    }
  }
}
