import { type PipelineRunStage, STAGES, type Stage } from '@slipway/contract';

/** Every stage in the order of the lifecycle; those not told of yet are waiting. */
export function stagesInOrder(told: readonly PipelineRunStage[]): PipelineRunStage[] {
  const byName = new Map(told.map((stage) => [stage.stage, stage]));
  return STAGES.map((stage) => byName.get(stage) ?? waiting(stage));
}

/** The stage to look at first: the failed one, the running one, or the last that ended. */
export function stageToShow(stages: readonly PipelineRunStage[]): PipelineRunStage | undefined {
  return (
    stages.find((stage) => stage.state === 'failed') ??
    stages.find((stage) => stage.state === 'running') ??
    stages.findLast((stage) => stage.state === 'done')
  );
}

function waiting(stage: Stage): PipelineRunStage {
  return {
    stage,
    state: 'waiting',
    says: null,
    progress: null,
    seconds: null,
    startedAt: null,
    endedAt: null,
    facts: {},
  };
}
