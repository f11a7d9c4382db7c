import type { Stores } from '../../metadata/index.ts';
import type { StageProgress } from '../model.ts';

/** Writes down what a candidate job tells about its stages. News of a stage that is over is dropped. */
export async function recordProgress(
  stores: Stores,
  pipelineRunId: string,
  news: StageProgress,
): Promise<void> {
  const pipelineRun = await stores.pipelineRuns.get(pipelineRunId);
  if (pipelineRun.state !== 'running') return;
  const known = pipelineRun.stages.find((one) => one.stage === news.stage);
  if (known === undefined || known.state !== 'running')
    await stores.pipelineRuns.beginStage(pipelineRunId, news.stage);
  if (news.state === 'running') await stores.pipelineRuns.reportStage(pipelineRunId, news.stage, news);
  else await stores.pipelineRuns.endStage(pipelineRunId, news.stage, news.state, news);
}
