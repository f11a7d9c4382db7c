import type { Clock } from '../../../kernel/index.ts';
import { backtestLocals } from './backtest-members.ts';
import { backtestTrees, type KnownUse, TREES } from './backtest-trees.ts';
import { weighMembers } from './ensemble/weigh-members.ts';
import { errorsOf, fitAll } from './fit-members.ts';
import { type ForecastEntry, labelFor, leaderboardOf } from './forecast-leaderboard.ts';
import { beginWork, elapsed, type TrainForecastRequest, tell, UNTIL } from './forecast-work.ts';
import type { SeriesErrors } from './intervals/conformal.ts';
import type { ForecastModel, LocalModelId } from './model.ts';

export type TrainedForecast = {
  model: ForecastModel;
  label: string;
  leaderboard: ForecastEntry[];
  windows: number;
  /** Of columns known in advance; null without any. */
  known: KnownUse | null;
  /** What the weighted mean got wrong in the backtests, by series. */
  errors: SeriesErrors[];
  /** Local models that were fitted in one form only for want of time. */
  hurried: ReadonlySet<LocalModelId>;
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
  const { fits, known } = backtestTrees(work);
  tell(work, UNTIL.trees, 'weighing the models');
  const weights = weighMembers(work.cases, request.set.series.length);
  const errors = errorsOf(work);
  const model = fitAll(work, weights, fits, errors);
  const leaderboard = leaderboardOf(work, weights);
  return {
    model,
    label: labelFor(leaderboard, model.series),
    leaderboard,
    windows: work.windows.length,
    known: known && (hasTrees(model) ? known : { ...known, asked: [], isUsed: false, isProven: false }),
    errors,
    hurried: work.hurried,
    says: work.says,
    seconds: elapsed(work),
  };
}

/** Trees are the only ones that read columns known in advance: with no share of theirs these are not used. */
function hasTrees({ series }: ForecastModel): boolean {
  return series.some(({ weights }) => TREES.some(({ id }) => weights[id] !== undefined));
}
