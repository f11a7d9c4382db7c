import type { PipelineRun } from '@slipway/contract';
import { expect, test } from 'vitest';
import { groupPipelineRuns } from './group-pipeline-runs.ts';

const pipelineRun = (id: string, name: string, createdAt: string) => ({ id, name, createdAt }) as PipelineRun;

test('each model shows its latest pipeline run first, and the model that ran last comes first', () => {
  const groups = groupPipelineRuns([
    pipelineRun('a1', 'a', '2026-01-01T00:00:00Z'),
    pipelineRun('b1', 'b', '2026-01-02T00:00:00Z'),
    pipelineRun('a2', 'a', '2026-01-03T00:00:00Z'),
  ]);
  expect(groups.map((group) => group.latest.id)).toEqual(['a2', 'b1']);
  expect(groups[0]?.earlier.map((each) => each.id)).toEqual(['a1']);
});
