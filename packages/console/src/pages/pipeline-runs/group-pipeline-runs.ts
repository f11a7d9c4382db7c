import type { PipelineRun } from '@slipway/contract';

/** A model's pipeline runs: the latest, and those before it, newest first. */
export type PipelineRunGroup = { name: string; latest: PipelineRun; earlier: PipelineRun[] };

/** Pipeline runs by the name of their model, those that ran last first. */
export function groupPipelineRuns(pipelineRuns: readonly PipelineRun[]): PipelineRunGroup[] {
  const newestFirst = pipelineRuns.toSorted((a, b) => b.createdAt.localeCompare(a.createdAt));
  const groups = new Map<string, PipelineRunGroup>();
  for (const pipelineRun of newestFirst) {
    const group = groups.get(pipelineRun.name);
    if (group === undefined)
      groups.set(pipelineRun.name, { name: pipelineRun.name, latest: pipelineRun, earlier: [] });
    else group.earlier.push(pipelineRun);
  }
  return [...groups.values()];
}
