import { fail } from '@slipway/contract';
import type { Clock } from '../../../kernel/index.ts';
import { backtestWindows, labelOf, openCases, type Standing, type Window } from './backtest.ts';
import { type BacktestCase, pooledErrors } from './ensemble/weigh-members.ts';
import type { LocalModelId, MemberId, SeriesSet, TreesId } from './model.ts';

export type ForecastProgress = { spent: number; says: string; best: string | undefined };

export type TrainForecastRequest = {
  /** Series without the steps held out. */
  set: SeriesSet;
  budgetSeconds: number;
  seed: number;
  /** Levels of the intervals; 0.8 and 0.95 when left out. */
  levels?: readonly number[];
  progress?: (news: ForecastProgress) => void;
  signal?: AbortSignal;
};

/** Shares of the budget by the end of which each part has to be done: fitting on the training part last, then on all values. */
export const UNTIL = { local: 0.35, trees: 0.6, all: 0.8, refit: 0.97 };

export type Work = {
  request: TrainForecastRequest;
  clock: Clock;
  begun: number;
  windows: Window[];
  cases: BacktestCase[];
  casesOf: BacktestCase[][];
  seconds: Map<MemberId, number>;
  /** Models that were fitted in a hurry. */
  hurried: Set<LocalModelId>;
  /** Of each series its models as they stood after the last backtest. */
  standing: Partial<Record<LocalModelId, Standing | undefined>>[];
  says: string[];
};

export function beginWork(request: TrainForecastRequest, clock: Clock): Work {
  const { set } = request;
  const windows = backtestWindows(
    set.series.map(({ values }) => values.length),
    set.horizon,
  );
  const cases = openCases(set, windows);
  const casesOf = set.series.map((): BacktestCase[] => []);
  for (const one of cases) casesOf[one.series]!.push(one);
  return {
    request,
    clock,
    begun: clock.monotonic(),
    windows,
    cases,
    casesOf,
    seconds: new Map(),
    hurried: new Set(),
    standing: set.series.map(() => ({})),
    says: [],
  };
}

export function elapsed({ clock, begun }: Work): number {
  return (clock.monotonic() - begun) / 1000;
}

export function isPast(work: Work, share: number): boolean {
  if (work.request.signal?.aborted) throw fail('job.cancelled');
  return elapsed(work) > share * work.request.budgetSeconds;
}

export function tell(work: Work, spent: number, says: string): void {
  const best = [...pooledErrors(work.cases.slice(0, 200))].toSorted(([, a], [, b]) => a - b)[0]?.[0];
  work.request.progress?.({ spent, says, best: best === undefined ? undefined : nameOf(best) });
}

const TREE_LABELS: ReadonlyMap<MemberId, string> = new Map<TreesId, string>([
  ['global-trees', 'Global boosted trees'],
  ['level-trees', 'Global boosted trees (level)'],
  ['residual-trees', 'Global boosted trees (residuals)'],
]);

export function nameOf(member: MemberId): string {
  return TREE_LABELS.get(member) ?? labelOf(member as LocalModelId);
}
