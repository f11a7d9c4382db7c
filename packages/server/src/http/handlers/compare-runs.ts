import { ownValue, type RunComparison } from '@slipway/contract';
import type { Run } from '../../metadata/index.ts';
import { METRICS } from '../../stages/train/index.ts';
import { runView } from './views.ts';

/** Parameters, metrics and curves of runs side by side, in the order in which they were asked for. */
export function compareRuns(runs: readonly Run[]): RunComparison {
  return {
    runs: runs.map(runView),
    params: keysOf(runs.map((run) => run.params)).map((name) => {
      const values = runs.map((run) => ownValue(run.params, name) ?? null);
      return { name, values, differs: new Set(values.map((value) => JSON.stringify(value))).size > 1 };
    }),
    metrics: keysOf(runs.map((run) => run.metrics)).map((name) => {
      const values = runs.map((run) => ownValue(run.metrics, name) ?? null);
      return { name, values, best: bestOf(name, values) };
    }),
    curves: runs.map((run) => run.curves),
  };
}

/** Place of the best value; null where the metric has no better and worse, or fewer than two have it. */
function bestOf(name: string, values: readonly (number | null)[]): number | null {
  const metric = METRICS.find(({ id }) => id === name);
  const known = values.filter((value) => value !== null);
  if (metric === undefined || known.length < 2) return null;
  return values.indexOf(metric.direction === 'higher' ? Math.max(...known) : Math.min(...known));
}

function keysOf(records: readonly object[]): string[] {
  return [...new Set(records.flatMap((record) => Object.keys(record)))];
}

/** Finished trials by the metric they were judged by, then those that run, then those that were given up. */
export function bestFirst(trials: readonly Run[]): Run[] {
  const judgedBy = METRICS.find(({ id }) => trials.some((trial) => Object.hasOwn(trial.metrics, id)));
  const sign = judgedBy?.direction === 'higher' ? -1 : 1;
  const place = { done: 0, running: 1, stopped: 2, failed: 3 } as const;
  const valued = ({ metrics }: Run) => sign * (ownValue(metrics, judgedBy?.id ?? '') ?? Number.NaN);
  return trials.toSorted((a, b) => place[a.state] - place[b.state] || valued(a) - valued(b) || 0);
}
