import { fail, type PipelineRun } from '@slipway/contract';
import { type Client, followPipelineRun } from '@slipway/sdk';
import type { Interruption } from './interruption.ts';
import { pipelineRunProgress } from './progress.ts';

const SEARCHING =
  'The search stops early with the best model so far, and the pipeline run continues. Ctrl-C again cancels everything.';

/**
 * Follows a pipeline run with a display. Ctrl-C on a terminal while a search runs says that it has tried enough; any other
 * interruption cancels the pipeline run. Throws what made it fail.
 */
export async function follow(
  client: Client,
  started: PipelineRun,
  interrupted: Interruption,
  json: boolean | undefined,
): Promise<PipelineRun> {
  const { signal } = interrupted;
  const progress = pipelineRunProgress(json);
  const params = { id: started.id };
  let searching: string | undefined;
  interrupted.milder = () => {
    if (searching === undefined || !process.stderr.isTTY) return false;
    const id = searching;
    searching = undefined;
    interrupted.milder = undefined;
    progress.note(SEARCHING);
    void client.call['runs.stop']({ params: { id } }).catch(() => undefined); // it has just ended by itself
    return true;
  };
  const show = (pipelineRun: PipelineRun) => {
    searching = searchOf(pipelineRun);
    progress.show(pipelineRun);
  };
  try {
    const pipelineRun = await followPipelineRun(client, started.id, show, { signal });
    if (pipelineRun.state === 'cancelled') throw fail('job.cancelled');
    return pipelineRun;
  } catch (error) {
    if (signal.aborted) await client.call['pipelineRuns.cancel']({ params });
    throw error;
  } finally {
    interrupted.milder = undefined;
    progress.end();
  }
}

/** The run whose search is under way. */
function searchOf({ stages }: PipelineRun): string | undefined {
  const training = stages.find(({ stage, state }) => stage === 'train' && state === 'running');
  const run = training?.facts.run;
  return typeof run === 'string' ? run : undefined;
}
