import { type JourneyStage, type Journey as JourneyView, type ShipResult, STAGES } from '@slipway/contract';
import type { Journey, StageRecord } from '../work/index.ts';
import type { JourneyRequest, StageNews } from './model.ts';

/** A journey as the contract shows it: every stage in order, those not reached yet as waiting. */
export function journeyView(journey: Journey): JourneyView {
  const request = journey.request as JourneyRequest;
  const result = journey.result as ShipResult | null;
  return {
    id: journey.id,
    name: journey.name,
    kind: journey.kind,
    state: journey.state,
    target: request.target,
    task: result?.task ?? (request.kind === 'ship' ? (request.ship.task ?? null) : null),
    by: request.by,
    reason: request.kind === 'retrain' ? request.reason : null,
    stages: STAGES.map((stage) => stageView(stage, journey)),
    result,
    failure: journey.failure,
    createdAt: journey.createdAt,
    endedAt: journey.endedAt,
  };
}

function stageView(stage: (typeof STAGES)[number], journey: Journey): JourneyStage {
  const record = journey.stages.find((one) => one.stage === stage);
  if (record === undefined)
    return { stage, state: 'waiting', says: null, progress: null, seconds: null, ...NEVER, facts: {} };
  const news = (record.summary ?? {}) as Partial<StageNews>;
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
export function stageSeconds(journey: Journey): Record<string, number> {
  return Object.fromEntries(
    journeyView(journey)
      .stages.filter((stage) => stage.seconds !== null)
      .map((stage) => [stage.stage, Number(stage.seconds!.toFixed(3))]),
  );
}
