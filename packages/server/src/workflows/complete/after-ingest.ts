import type { DatasetVersion, Stores } from '../../metadata/index.ts';
import type { IngestInput, IngestOutput, PipelineRunRequest, StageProgress, TakenLabel } from '../model.ts';
import { queueCandidate } from '../pipeline-runs/queue-candidate.ts';
import { refuseTarget } from '../start/refuse-target.ts';
import { recordVersion } from './record-version.ts';
import { warningsIn } from './warnings-in.ts';

/**
 * What follows when a file has been ingested, in the transaction that completes the job: the dataset version is
 * recorded and, on a pipeline run, training is queued. Throws what {@link refuseTarget} throws, and `dataset.moved` when the
 * dataset grew since the job was asked for; then nothing is recorded. `labels` are those of labelled traffic.
 */
export async function afterIngest(
  stores: Stores,
  pipelineRunId: string | null,
  input: IngestInput,
  output: IngestOutput,
  labels: readonly TakenLabel[] = [],
): Promise<void> {
  const pipelineRun = pipelineRunId === null ? undefined : await stores.pipelineRuns.get(pipelineRunId);
  const request = pipelineRun?.request as PipelineRunRequest | undefined;
  if (request?.kind === 'ship' || request?.kind === 'train') refuseTarget(output, request);
  const version = await recordVersions(stores, input, output);
  await recordLabelled(stores, input, { version, labels });
  if (pipelineRun?.state !== 'running') return;
  await stores.pipelineRuns.endStage(pipelineRun.id, 'ingest', 'done', ingestNews(version, output));
  await queueCandidate(stores, pipelineRun, version);
}

async function recordVersions(
  stores: Stores,
  input: IngestInput,
  { corrected, ...output }: IngestOutput,
): Promise<DatasetVersion> {
  if (corrected === undefined) return recordVersion(stores, input, output);
  await recordVersion(stores, input, corrected);
  const parent = { ...corrected, dataset: input.dataset };
  return recordVersion(stores, { dataset: input.dataset, parent }, output);
}

/** Which predictions are rows of the dataset now, so that their labels are taken in once. */
async function recordLabelled(
  { labelledRows }: Pick<Stores, 'labelledRows'>,
  { dataset, labelled, parent }: IngestInput,
  { version: { version }, labels }: { version: DatasetVersion; labels: readonly TakenLabel[] },
): Promise<void> {
  if (labelled === undefined || parent === null) return;
  const place = { dataset, endpoint: labelled.endpoint, version };
  const first = parent.manifest.rows;
  await labelledRows.record(
    place,
    labels.map(({ predictionId, value, row }, i) => ({ predictionId, value, row: row ?? first + i })),
  );
}

function ingestNews(version: DatasetVersion, output: IngestOutput): StageProgress {
  const { manifest } = output;
  const columns = manifest.schema.columns.length;
  return {
    stage: 'ingest',
    state: 'done',
    says: `${manifest.rows.toLocaleString('en')} rows and ${columns} columns are version ${version.version} of ${version.dataset}.`,
    progress: 1,
    seconds: output.seconds,
    facts: {
      dataset: version.dataset,
      version: version.version,
      manifest: output.manifestId,
      rows: manifest.rows,
      columns,
      bytes: manifest.bytes,
      format: manifest.lineage.format,
      roles: countBy(manifest.schema.columns.map((column) => column.role)),
      notes: output.profile.columns
        .flatMap((column) => column.notes.map((note) => `${column.name}: ${note}`))
        .slice(0, 20),
      warnings: warningsIn(output.profile),
    },
  };
}

function countBy(values: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return Object.fromEntries(counts);
}
