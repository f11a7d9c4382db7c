import type { Stores } from '../ledger/index.ts';
import type { StageNews } from './model.ts';

/** Writes down what a candidate job tells about its stages. News of a stage that is over is dropped. */
export async function takeNews(stores: Stores, journeyId: string, news: StageNews): Promise<void> {
  const journey = await stores.journeys.get(journeyId);
  if (journey.state !== 'running') return;
  const known = journey.stages.find((one) => one.stage === news.stage);
  if (known === undefined || known.state !== 'running')
    await stores.journeys.beginStage(journeyId, news.stage);
  if (news.state === 'running') await stores.journeys.reportStage(journeyId, news.stage, news);
  else await stores.journeys.endStage(journeyId, news.stage, news.state, news);
}
