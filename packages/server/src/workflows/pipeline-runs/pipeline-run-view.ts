import {
  type PipelineRunStage,
  type PipelineRun as PipelineRunView,
  type ShipResult,
  STAGES,
} from '@slipway/contract';
import type { PipelineRun, StageRecord } from '../../execution/index.ts';
import type { PipelineRunRequest, StageProgress } from '../model.ts';

/** A pipeline run as the contract shows it: every stage in order, those not reached yet as waiting. */
export function pipelineRunView(pipelineRun: PipelineRun): PipelineRunView {
  const request = pipelineRun.request as PipelineRunRequest;
  const result = pipelineRun.result as ShipResult | null;
  return {
    id: pipelineRun.id,
    name: pipelineRun.name,
    kind: pipelineRun.kind,
    state: pipelineRun.state,
    target: request.target,
    task: result?.task ?? (request.kind === 'ship' ? (request.ship.task ?? null) : null),
    by: request.by,
    reason: request.kind === 'retrain' ? request.reason : null,
    stages: STAGES.map((stage) => stageView(stage, pipelineRun)),
    result,
    failure: pipelineRun.failure,
    createdAt: pipelineRun.createdAt,
    endedAt: pipelineRun.endedAt,
  };
}

function stageView(stage: (typeof STAGES)[number], pipelineRun: PipelineRun): PipelineRunStage {
  const record = pipelineRun.stages.find((one) => one.stage === stage);
  if (record === undefined)
    return { stage, state: 'waiting', says: null, progress: null, seconds: null, ...NEVER, facts: {} };
  const news = (record.summary ?? {}) as Partial<StageProgress>;
  return {
    stage,
    state: record.state,
    says: news.says ?? null,
    progress: record.state === 'done' ? 1 : (news.progress ?? null),
    seconds: news.seconds ?? secondsOf(record),
    startedAt: record.startedAt,
    endedAt: record.endedAt,
    facts: news.facts ?? {},
  };
}

const NEVER = { startedAt: null, endedAt: null };

/** Never below zero, which a clock that was set back would make it. */
function secondsOf({ startedAt, endedAt }: StageRecord): number | null {
  return endedAt === null ? null : Math.max(0, (Date.parse(endedAt) - Date.parse(startedAt)) / 1000);
}

/** Seconds of each stage that ended, for a result. */
export function stageSeconds(pipelineRun: PipelineRun): Record<string, number> {
  return Object.fromEntries(
    pipelineRunView(pipelineRun)
      .stages.filter((stage) => stage.seconds !== null)
      .map((stage) => [stage.stage, Number(stage.seconds!.toFixed(3))]),
  );
}
