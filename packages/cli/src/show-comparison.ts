import type { Curve, RunComparison } from '@slipway/contract';
import { figure, print, table } from './output.ts';

const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const CURVE_WIDTH = 24;

/** Runs as columns: what they were given, what they reached, and how they got there. */
export function showComparison({ runs, params, metrics, curves }: RunComparison, all: boolean): void {
  const headers = ['', ...runs.map((run) => run.id)];
  const facts = [
    ['learner', ...runs.map((run) => run.learner)],
    ['state', ...runs.map((run) => run.state)],
    ['dataset', ...runs.map((run) => `${run.dataset} ${run.datasetVersion}`)],
    ['seconds', ...runs.map((run) => figure(run.seconds))],
  ];
  const told = params
    .filter(({ differs }) => all || differs)
    .map(({ name, values }) => [name, ...values.map(cell)]);
  const measured = metrics.map(({ name, values, best }) => [
    name,
    ...values.map((value, place) => `${figure(value)}${place === best ? ' ✓' : ''}`),
  ]);
  table(headers, [...facts, ...told, ...measured]);
  if (new Set(runs.map((run) => `${run.dataset} ${run.datasetVersion}`)).size > 1)
    print('\nThe runs were measured on rows of different data: a ✓ across them is no fair comparison.');
  const most = Math.max(0, ...curves.map((own) => own.length));
  if (most === 0) return;
  print('\nlearning curves, from the first round to the last, on one scale');
  const scale = rangeOf(curves.flat());
  const folds = Array.from({ length: most }, (_, fold) => [
    `fold ${fold + 1}`,
    ...curves.map((own) => (own[fold] === undefined ? null : sparkline(own[fold], scale))),
  ]);
  table(headers, folds);
}

function cell(value: unknown): string {
  if (value === null) return '–';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

type Scale = { low: number; high: number };

function rangeOf(curves: readonly Curve[]): Scale {
  const values = curves.flatMap((curve) => curve.values);
  return { low: Math.min(...values), high: Math.max(...values) };
}

function sparkline({ values }: Curve, { low, high }: Scale): string {
  const stride = Math.max(1, values.length / CURVE_WIDTH);
  let drawn = '';
  for (let at = 0; at < values.length; at += stride) {
    const share = high > low ? (values[Math.floor(at)]! - low) / (high - low) : 0;
    drawn += BARS[Math.round(share * (BARS.length - 1))]!;
  }
  return `${drawn} ${figure(Math.min(...values))}`;
}
