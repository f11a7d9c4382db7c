import { type IngestFinding, ownValue, type ShipResult, type Stage } from '@slipway/contract';
import type { PipelineRun } from '../../execution/index.ts';
import type { ModelVersion } from '../../metadata/index.ts';
import type { DroppedColumn, LeakageSuspicion } from '../../stages/prepare/index.ts';
import type { ValidationReport } from '../../stages/validate/index.ts';
import type { CandidateInput, CandidateOutput } from '../model.ts';
import type { PipelineRunPorts } from '../ports.ts';
import { pipelineRunView, stageSeconds } from './pipeline-run-view.ts';

/** What training made of a pipeline run, and the version that it became. */
export type Candidate = {
  input: CandidateInput;
  output: CandidateOutput;
  version: ModelVersion;
  /** Where it is to answer; its model may have another name. */
  endpoint: string;
};

/** What a pipeline run tells at its end. */
export function shipResult(
  ports: PipelineRunPorts,
  pipelineRun: PipelineRun,
  candidate: Candidate,
  { promoted, verdict }: { promoted: boolean; verdict: string },
): ShipResult {
  const { input, output, version, endpoint } = candidate;
  return {
    dataset: {
      name: input.dataset,
      version: input.datasetVersion,
      rows: input.manifest.rows,
      columns: input.manifest.schema.columns.length,
    },
    task: output.task,
    target: output.target,
    model: { name: input.modelName, version: version.version, learner: output.learner, bytes: output.bytes },
    metrics: {
      primary: {
        name: output.primaryMetric,
        value: ownValue(output.metrics, output.primaryMetric) ?? Number.NaN,
      },
      all: output.metrics,
    },
    leaderboard: output.leaderboard,
    gates: output.gates.results,
    optimization: output.optimization,
    ...(output.refit && { refit: output.refit }),
    promoted,
    verdict,
    endpoint: promoted
      ? {
          name: endpoint,
          url: ports.addresses.predict(endpoint),
          inferUrl: ports.addresses.infer(endpoint),
          token: null,
        }
      : null,
    console: `${ports.addresses.console()}/pipeline-runs/${pipelineRun.id}`,
    seconds: stageSeconds(pipelineRun),
    recency: output.recency ?? null,
    ...(output.carriedOver && { carriedOver: [...output.carriedOver] }),
    ...found(pipelineRun),
    ...measured(output.report),
  };
}

/** What the report says beside metrics: the threshold and its reason, the groups of the hold-out. */
function measured(
  report: unknown,
): Pick<ShipResult, 'decision' | 'groups' | 'expectedCosts' | 'expectedClassCosts'> {
  const { decision, datasets = [] } = (report ?? {}) as Partial<ValidationReport>;
  const { groups, expectedCosts, expectedClassCosts } = datasets[0] ?? {};
  return {
    ...(decision && { decision }),
    ...(groups && { groups }),
    ...(expectedCosts && { expectedCosts }),
    ...(expectedClassCosts && { expectedClassCosts }),
  };
}

/** What ingest and preparation found that a reader should know, as their stages keep it. */
function found(
  pipelineRun: PipelineRun,
): Pick<ShipResult, 'warnings' | 'leftOut' | 'suspectedLeakage' | 'taskInferred'> {
  const { stages } = pipelineRunView(pipelineRun);
  const factsOf = (wanted: Stage) => stages.find(({ stage }) => stage === wanted)?.facts ?? {};
  const { dropped = [], leakage = [], taskReason, otherTask } = factsOf('prepare');
  return {
    warnings: (factsOf('ingest').warnings ?? []) as IngestFinding[],
    ...(otherTask === 'regression' || otherTask === 'multiclass'
      ? { taskInferred: { reason: String(taskReason), other: otherTask } }
      : {}),
    leftOut: (dropped as DroppedColumn[]).map(({ name, says }) => ({ column: name, reason: says })),
    suspectedLeakage: (leakage as LeakageSuspicion[]).map(({ column, says, evidence, allowed }) => ({
      column,
      reason: says,
      ...(evidence && { evidence, allowed: allowed === true }),
    })),
  };
}
