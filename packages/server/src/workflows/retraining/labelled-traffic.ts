import type { PipelineRun } from '../../execution/index.ts';
import type { Endpoint, ObjectStore, PendingLabel, Stores } from '../../metadata/index.ts';
import { jsonLines } from '../complete/json-lines.ts';
import type { MonitorInput, PipelineRunRequest } from '../model.ts';
import { trainingOf } from '../pipeline-runs/queue-candidate.ts';
import { lineOf } from './dataset-growth.ts';
import { policyOf } from './policy.ts';
import { trainedOn } from './trained-on.ts';

/**
 * The labels that the endpoint's dataset has not taken in, for a retraining by policy; null when the policy is off. Whether a
 * label is fresh depends on when it arrived and what the dataset holds, never on the time that its caller gave it.
 */
export async function labelsToGather(
  { stores, objects }: { stores: Stores; objects: Pick<ObjectStore, 'put'> },
  endpoint: Endpoint,
  until: string,
): Promise<MonitorInput['gather']> {
  if (policyOf(endpoint).mode === 'off') return null;
  const dataset = trainedOn(await stores.models.get(endpoint.model));
  const latest = await stores.datasets.version(dataset);
  const line = (await lineOf(stores, latest)).map(({ version }) => version);
  const since = await unrecordedUntil(stores, endpoint.name);
  const { schema } = latest.manifest;
  const { sha256 } = await objects.put(
    lines(stores.labelledRows.pending({ dataset, endpoint: endpoint.name, line, since })),
  );
  const champion = await stores.models.aliased(endpoint.model, 'champion').catch(() => undefined);
  const timeColumn = champion && (await trainingOf(stores, champion))?.timeColumn;
  const { target } = endpoint;
  const { manifestId } = latest;
  return { labels: sha256, until, schema, target, manifestId, ...(timeColumn && { timeColumn }) };
}

async function* lines(pages: AsyncIterable<PendingLabel[]>): AsyncGenerator<Uint8Array> {
  for await (const page of pages) yield jsonLines(page);
}

/**
 * Earlier releases did not record which labels a dataset took in: all that had arrived by this moment, that of their last
 * retraining whose rows were ingested. Null where there was none.
 */
async function unrecordedUntil(stores: Stores, endpoint: string): Promise<string | null> {
  const retrainings = await stores.pipelineRuns.list({ name: endpoint, kind: 'retrain', limit: 1000 });
  for (const pipelineRun of retrainings) {
    const until = takenUntil(pipelineRun);
    if (until !== null && isIngested(pipelineRun)) return until;
  }
  return null;
}

/** Before the moment was written down, a retraining by the policy took in what was there when it began. */
function takenUntil({ request, createdAt }: PipelineRun): string | null {
  const asked = request as PipelineRunRequest;
  if (asked.kind !== 'retrain' || asked.labelled !== undefined) return null;
  return asked.labelledUntil ?? (asked.by === 'policy' ? createdAt : null);
}

function isIngested({ stages }: PipelineRun): boolean {
  return stages.some(({ stage, state }) => stage === 'ingest' && state === 'done');
}
