import type { FailureData } from '@slipway/contract';
import type { Curve, NewRun, RunChange, Stores } from '../../metadata/index.ts';
import type { CandidateInput, TrialProgress } from '../model.ts';

/** Points of a curve that are kept; more would not show. */
const MOST_POINTS = 200;

/** The run of a trial is named by its number, so that a search taken up again after a crash tells of the same ones. */
export function trialRunId(runId: string, number: number): string {
  return `${runId}-${number}`;
}

/** Writes down what a candidate job tells of a trial, as a run under the job's own. */
export async function recordTrial(
  { runs }: Stores,
  input: CandidateInput,
  { trial, task }: TrialProgress,
): Promise<void> {
  const id = trialRunId(input.runId, trial.number);
  const { metric, seconds, rows, says } = trial;
  const metrics = metric === null ? {} : { [metric.id]: metric.mean, ...errorOf(metric) };
  const change: RunChange = { metrics, curves: trial.curves.map(curveOf), seconds, rows, says };
  const known = await runs.find(id);
  if (known !== undefined && known.state !== 'running') return;
  if (known === undefined) await runs.create(newRun(id, input, trial, task));
  if (trial.state === 'done') await runs.finish(id, change);
  else if (trial.state === 'running') await runs.update(id, change);
  else await runs.stop(id, change);
}

function errorOf({ standardError }: { standardError: number }): Record<string, number> {
  return standardError > 0 ? { 'standard-error': standardError } : {};
}

function newRun(
  id: string,
  input: CandidateInput,
  trial: TrialProgress['trial'],
  task: TrialProgress['task'],
): NewRun {
  const { dataset, datasetVersion, target } = input;
  const { label: learner, params, why } = trial;
  const name = `${input.modelName} · ${learner} ${trial.number}`;
  return {
    id,
    name,
    parentRunId: input.runId,
    dataset,
    datasetVersion,
    target,
    task,
    learner,
    params,
    why,
  };
}

function curveOf(values: number[], fold: number): Curve {
  const stride = Math.max(1, Math.ceil(values.length / MOST_POINTS));
  const steps = values.flatMap((_, i) => (i % stride === 0 || i === values.length - 1 ? [i] : []));
  return { name: `fold ${fold + 1}`, steps: steps.map((i) => i + 1), values: steps.map((i) => values[i]!) };
}

/** Ends the trials that ran when the search was over. */
export async function endTrials({ runs }: Stores, runId: string): Promise<void> {
  for (const trial of await runs.list({ parentRunId: runId, limit: 10_000 }))
    if (trial.state === 'running') await runs.stop(trial.id, { says: 'the search ended' });
}

/** Ends the run of a job that failed, and its trials. */
export async function failRun(stores: Stores, runId: string, failure: FailureData): Promise<void> {
  await stores.runs.fail(runId, failure);
  await endTrials(stores, runId);
}
