import { fail, formatGate, type GateCondition, metricId, type TaskName } from '@slipway/contract';
import { METRICS } from '../../stages/train/index.ts';

type KnownTask = Exclude<TaskName, 'forecast'>;
const TASKS: readonly KnownTask[] = ['binary', 'multiclass', 'regression'];

/** Of forecasts: what `forecastErrors` measures. */
const OF_FORECASTS = [
  ...['mase', 'smape', 'owa', 'wape', 'bias', 'rmse', 'mae'],
  ...['coverage-80', 'coverage-95', 'pinball-80', 'pinball-95'],
];

/** What the groups of a column are compared by, beside the metrics of each; `ratio` also as lowest over highest. */
const GROUP_MEASURES: Record<KnownTask, { difference: readonly string[]; ratio: readonly string[] }> = {
  binary: {
    difference: ['selection-rate', 'true-positive-rate', 'false-positive-rate', 'calibration'],
    ratio: ['selection-rate', 'true-positive-rate', 'false-positive-rate'],
  },
  multiclass: { difference: ['accuracy', 'calibration'], ratio: [] },
  regression: { difference: ['mean-error', 'mae'], ratio: [] },
};

/**
 * Throws `gate.metric-unknown` for a gate on a metric that no model of the task has; of any task while that is not known.
 */
export function refuseGateMetrics(gates: readonly GateCondition[], task: TaskName | undefined): void {
  gates.forEach((gate, place) => {
    const known = new Set(task === 'forecast' ? OF_FORECASTS : metricsOf(gate, task));
    if (known.has(metricId(gate.metric))) return;
    const details = {
      gate: formatGate(gate),
      metric: metricId(gate.metric),
      task: task ?? 'trained',
      known: [...known],
    };
    throw fail('gate.metric-unknown', details, { path: `gates[${place}].metric` });
  });
}

function metricsOf({ by }: GateCondition, task: KnownTask | undefined): string[] {
  const tasks = task === undefined ? TASKS : [task];
  const metrics = METRICS.filter((metric) => tasks.some((one) => metric.tasks.includes(one)));
  const groups = by === undefined ? [] : tasks.flatMap(groupFigures);
  return [...metrics.map(({ id }) => id), ...groups];
}

function groupFigures(task: KnownTask): string[] {
  const { difference, ratio } = GROUP_MEASURES[task];
  return [
    ...difference,
    ...difference.map((measure) => `${measure}-difference`),
    ...ratio.map((measure) => `${measure}-ratio`),
  ];
}
