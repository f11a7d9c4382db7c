import type { Clock } from '../../../kernel/index.ts';
import { backtestLocals, backtestTrees } from './backtest-members.ts';
import { weighMembers } from './ensemble/weigh-members.ts';
import { fitAll } from './fit-members.ts';
import { type ForecastEntry, labelFor, leaderboardOf } from './forecast-leaderboard.ts';
import { beginWork, elapsed, type TrainForecastRequest, tell, UNTIL } from './forecast-work.ts';
import type { ForecastModel } from './model.ts';

export type TrainedForecast = {
  model: ForecastModel;
  label: string;
  leaderboard: ForecastEntry[];
  windows: number;
  /** What was left out for want of time, in one sentence each. */
  says: string[];
  seconds: number;
};

/**
 * Fits every model to every series, judges them by forecasts from one to three origins in the past, weighs them by
 * series, learns the width of intervals from the same forecasts, and fits what counts on all values.
 *
 * The budget is kept: models that would not be done in time are left out, and that is said. Without that the same
 * request gives the same model.
 */
export function trainForecast(request: TrainForecastRequest, { clock }: { clock: Clock }): TrainedForecast {
  const work = beginWork(request, clock);
  backtestLocals(work);
  const trees = backtestTrees(work);
  tell(work, UNTIL.trees, 'weighing the models');
  const weights = weighMembers(work.cases, request.set.series.length);
  const model = fitAll(work, weights, trees);
  const leaderboard = leaderboardOf(work, weights);
  return {
    model,
    label: labelFor(leaderboard),
    leaderboard,
    windows: work.windows.length,
    says: work.says,
    seconds: elapsed(work),
  };
}
