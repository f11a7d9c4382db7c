import type { ModelVersion, Stores } from '../../metadata/index.ts';
import type { CandidateInput, CandidateOutput } from '../model.ts';
import { runParams } from '../pipeline-runs/queue-candidate.ts';
import { endTrials } from '../pipeline-runs/trial-runs.ts';

/**
 * What follows when a candidate has been trained and packed, in the transaction that completes the job: its run and
 * what was made of its trials are written down and the model gets a version. Whether the version takes traffic is decided afterwards.
 */
export async function afterCandidate(
  stores: Stores,
  input: CandidateInput,
  output: CandidateOutput,
): Promise<ModelVersion> {
  const { dataset, datasetVersion, modelName, runId } = input;
  const { target } = output;
  await stores.runs.finish(runId, {
    task: output.task,
    learner: output.learner,
    metrics: output.metrics,
    params: runParams(input),
    seconds: output.seconds,
    rows: output.rows.train,
    ...(output.madeSays && { says: output.madeSays }),
  });
  await endTrials(stores, runId);
  await stores.runs.createMany(
    output.leaderboard
      .filter(({ run }) => run === null)
      .map((entry) => ({
        name: `${modelName} · ${entry.learner}`,
        parentRunId: runId,
        state: 'done' as const,
        dataset,
        datasetVersion,
        target,
        task: output.task,
        learner: entry.learner,
        params: entry.params,
        metrics: { [entry.metric]: entry.value },
        seconds: entry.seconds,
      })),
  );
  await stores.models.ensure({ name: modelName, task: output.task, target, dataset });
  return stores.models.addVersion(modelName, {
    bundleId: output.bundleId,
    runId,
    datasetVersion,
    learner: output.learner,
    metrics: output.metrics,
    primaryMetric: output.primaryMetric,
    gates: output.gates.results,
    bytes: output.bytes,
  });
}
