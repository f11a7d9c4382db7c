import type { Stores } from '../../metadata/index.ts';
import type { PipelineRunRequest } from '../model.ts';

/** What the first pipeline run that made a model of this name was asked to do. */
export async function firstShip(stores: Stores, name: string): Promise<PipelineRunRequest | undefined> {
  const done = await stores.pipelineRuns.list({ name, state: 'done', limit: 1000 });
  return done.findLast(({ kind }) => kind !== 'retrain')?.request as PipelineRunRequest | undefined;
}
