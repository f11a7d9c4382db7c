import { type PipelineRunStage, STAGES } from '@slipway/contract';
import { expect, test } from 'vitest';
import { stagesInOrder, stageToShow } from './stages-in-order.ts';

const stage = (name: PipelineRunStage['stage'], state: PipelineRunStage['state']): PipelineRunStage => ({
  stage: name,
  state,
  says: null,
  progress: null,
  seconds: null,
  startedAt: null,
  endedAt: null,
  facts: {},
});

test('all stages stand in the order of the lifecycle, whatever was told and in what order', () => {
  const shown = stagesInOrder([stage('train', 'running'), stage('ingest', 'done')]);
  expect(shown.map((each) => each.stage)).toEqual([...STAGES]);
  expect(shown.filter((each) => each.state === 'waiting')).toHaveLength(STAGES.length - 2);
});

test('a failed stage is looked at before a running one, and that before the last done', () => {
  const done = stage('ingest', 'done');
  const running = stage('train', 'running');
  const failed = stage('pack', 'failed');
  expect(stageToShow([done, running, failed])).toBe(failed);
  expect(stageToShow([done, running])).toBe(running);
  expect(stageToShow([done, stage('prepare', 'done')])?.stage).toBe('prepare');
  expect(stageToShow([stage('ingest', 'waiting')])).toBeUndefined();
});
