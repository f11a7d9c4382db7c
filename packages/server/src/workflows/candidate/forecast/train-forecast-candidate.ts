import type { LeaderboardEntry } from '@slipway/contract';
import type { Clock } from '../../../kernel/index.ts';
import { type TrainedForecast, trainForecast } from '../../../stages/train/index.ts';
import type { CandidateInput } from '../../model.ts';
import type { Progress, Told } from '../stage-reporter.ts';
import { knownSentences } from './known-sentences.ts';
import type { PreparedForecast } from './prepare-forecast.ts';

/** Backtests every model and weighs them, within the budget. */
export async function trainForecastCandidate(
  { held }: PreparedForecast,
  input: CandidateInput,
  clock: Clock,
  { progress, signal }: { progress: Progress; signal: AbortSignal },
): Promise<Told<TrainedForecast>> {
  const { budgetSeconds, seed } = input;
  const trained = trainForecast(
    {
      set: held.training,
      budgetSeconds,
      seed,
      signal,
      progress: ({ spent, says, best }) =>
        progress(Math.min(1, spent), `${says}${best === undefined ? '' : `, best ${best}`}`),
    },
    { clock },
  );
  const windows = `${trained.windows} backtest${trained.windows === 1 ? '' : 's'} by rolling origin`;
  return {
    value: trained,
    says: [
      `${trained.label} by mase in ${windows}, in ${trained.seconds.toFixed(1)} s.`,
      ...knownSentences(trained.known),
      ...trained.says,
    ].join(' '),
    facts: {
      run: input.runId,
      learner: trained.label,
      leaderboard: forecastLeaderboard(trained),
      tried: trained.leaderboard.length,
      trees: [trained.model.trees, trained.model.levelTrees, trained.model.residualTrees].reduce(
        (sum, trees) => sum + (trees?.model.trees.length ?? 0),
        0,
      ),
      ...(trained.known && { known: trained.known }),
    },
  };
}

/** The leaderboard as the contract shows it. */
export function forecastLeaderboard({ leaderboard, windows }: TrainedForecast): LeaderboardEntry[] {
  return leaderboard.map(({ label, member, mase, standardError, seconds, weight, cases }, i) => ({
    rank: i + 1,
    run: null,
    learner: label,
    params: member === 'ensemble' ? { cases } : { cases, meanShare: Number(weight.toFixed(4)) },
    metric: 'mase',
    value: mase,
    standardError: Number.isFinite(standardError) && standardError > 0 ? standardError : null,
    folds: windows,
    seconds,
    chosen: weight > 0,
  }));
}
