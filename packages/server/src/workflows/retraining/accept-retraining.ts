import { fail, type Recency, whyNotAcceptable } from '@slipway/contract';
import type { PipelineRun } from '../../execution/index.ts';
import type { Database, Stores } from '../../metadata/index.ts';
import type { PipelineRunRequest } from '../model.ts';
import { pipelineRunView } from '../pipeline-runs/pipeline-run-view.ts';
import { queueCandidate } from '../pipeline-runs/queue-candidate.ts';
import { beginRetrainingOf } from '../start/begin-pipeline-run.ts';
import { isInUse } from './dataset-growth.ts';

export type AcceptAsk = {
  /** Of the refused retraining. */
  pipelineRunId: string;
  /** Why its rows differ on purpose, in the words of who accepts them. */
  reason: string;
  /** As the refused retraining had when left out. */
  budgetSeconds?: number | undefined;
  /** Which training rows are used; null for all, as the refused retraining when left out. */
  recent?: Recency | null | undefined;
  by: string;
  requestId: string;
};

type Retraining = Extract<PipelineRunRequest, { kind: 'retrain' }>;

/**
 * Trains again on the rows that a refused retraining appended, with its options and the shift accepted: nothing is uploaded or
 * appended, and the gates decide as after `--accept-shift`. Throws `pipeline-run.missing`, `pipeline-run.not-acceptable` (the run was not refused
 * for its rows, was accepted already, or its rows were rolled back), `pipeline-run.running` and `recency.unfit` for a forecast.
 */
export async function acceptRetraining(database: Database, ask: AcceptAsk): Promise<PipelineRun> {
  return database.transaction(async (stores) => {
    const refused = await stores.pipelineRuns.get(ask.pipelineRunId);
    const { dataset, version } = await acceptable(stores, refused);
    const request = requestOf(refused, ask);
    if (ask.recent != null && (await stores.endpoints.get(request.endpoint)).task === 'forecast')
      throw fail(
        'recency.unfit',
        { dataset, reason: 'forecasts learn from whole series' },
        { path: 'recent' },
      );
    const of = await stores.datasets.version(dataset, version);
    const pipelineRun = await beginRetrainingOf(stores, request, of, ask.requestId);
    await queueCandidate(stores, pipelineRun, of);
    return stores.pipelineRuns.get(pipelineRun.id);
  });
}

/** The dataset version that the refused retraining was trained on. Throws `pipeline-run.not-acceptable`. */
async function acceptable(
  stores: Stores,
  refused: PipelineRun,
): Promise<{ dataset: string; version: number }> {
  const { id, name } = refused;
  const refuse = (reason: string) => fail('pipeline-run.not-acceptable', { id, reason });
  const view = pipelineRunView(refused);
  const why = whyNotAcceptable(view);
  if (why !== undefined) throw refuse(why);
  const { name: dataset, version } = view.result!.dataset;
  if (!(await isInUse(stores, dataset, version)))
    throw refuse(`its rows were rolled back: version ${version} of ${dataset} is not in use`);
  const later = await stores.pipelineRuns.list({ name, kind: 'retrain', state: 'done', limit: 1000 });
  const accepted = later.find(({ request }) => (request as Retraining).accepts === id);
  if (accepted !== undefined) throw refuse(`its rows were accepted by ${accepted.id} already`);
  return { dataset, version };
}

/** What the refused retraining was asked, but for the traffic that it took in. */
function requestOf(
  { id, request }: PipelineRun,
  { reason, budgetSeconds, recent, by }: AcceptAsk,
): Retraining {
  const { labelled: _, labelledUntil: __, recent: before, ...asked } = request as Retraining;
  const rows = recent === undefined ? before : recent;
  return {
    ...asked,
    ...{ by, reason, acceptShift: true, accepts: id },
    ...(budgetSeconds !== undefined && { budgetSeconds }),
    ...(rows && { recent: rows }),
  };
}
