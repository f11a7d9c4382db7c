import { ownValue } from '@slipway/contract';
import type { ColumnReference } from '../pack/index.ts';
import type { ColumnDrift, DriftReport, TestResult, WarningCounts } from './model.ts';

type Told = Omit<ColumnDrift, 'says' | 'statistics'>;
/** A mean that moved by less of the standard deviation is called the same. */
const MOVED = 0.05;

/** What differs, with direction and unit, and by how much of which limit; another sentence of values that training never saw. */
export function describeColumn(
  column: Told,
  leading: TestResult | undefined,
  reference: ColumnReference | undefined,
): string {
  return describeChange(column, leading, reference) + describeWarnings(column.warnings);
}

function describeChange(column: Told, leading: TestResult | undefined, reference?: ColumnReference): string {
  const { name } = column;
  if (column.notCompared !== undefined && !column.drifted) return describeNotCompared(column, reference);
  if (leading === undefined) return `${name}: nothing to compare.`;
  const found = withLimit(bestKnown(column, leading));
  if (column.drifted) return `${changeOf(column, leading, reference)}; ${found}.`;
  if (leading.effect < leading.threshold) return `${name} is as ${baseOf(column)}; ${found}.`;
  return `${name} is not shown to differ from ${baseOf(column).replace(/^(in|on) /, '')}; ${found}, which chance alone may give in so few rows.`;
}

/** Scores are compared with those of the rows that training did not see. */
function baseOf({ name, kind }: Told, reference?: ColumnReference): string {
  if (reference !== undefined) return 'in training';
  return (kind === 'number' && name === 'score') || name === 'predicted class'
    ? 'on the hold-out'
    : 'in training';
}

/** PSI where it agrees with the leading test, for most people know it. */
function bestKnown({ tests, drifted }: Told, leading: TestResult): TestResult {
  const psi = tests.find(({ test }) => test === 'psi');
  const agrees =
    psi !== undefined &&
    psi.drifted === drifted &&
    psi.effect >= psi.threshold === leading.effect >= leading.threshold;
  return agrees && !SHARES.has(leading.test) ? psi : leading;
}

function withLimit({ test, measure, effect, threshold }: TestResult): string {
  if (SHARES.has(test)) return `limit ${percent(threshold)}`;
  if (test === 'mean-shift') return `${effect.toFixed(2)} standard deviations, limit ${threshold.toFixed(2)}`;
  return `${measure} ${effect.toFixed(2)}, limit ${threshold.toFixed(2)}`;
}

/** Tests whose effect is a difference of two shares, which their sentences name. */
const SHARES: ReadonlySet<string> = new Set(['missing-share', 'unseen-share', 'earlier-share']);

function changeOf(column: Told, leading: TestResult, reference?: ColumnReference): string {
  const { name, missing, comparison } = column;
  const base = baseOf(column, reference);
  switch (leading.test) {
    case 'missing-share':
      return `${name} is missing in ${percent(missing.window)} of the rows, in ${percent(missing.reference)} in training`;
    case 'unseen-share':
      return `${percent(comparison.window.at(-1)!)} of the values of ${name} are new${newValues(column)}`;
    case 'earlier-share': {
      const first = reference !== undefined && 'edges' in reference ? reference.edges[0]! : 0;
      return `${percent(comparison.window[0]!)} of the dates of ${name} are before ${shown(first, reference)}, the earliest of training`;
    }
    default:
      return column.kind === 'number' ? numberChange(column, reference, base) : shareChange(column, base);
  }
}

function numberChange(
  { name, mean, tests }: Told,
  reference: ColumnReference | undefined,
  base: string,
): string {
  const moved = tests.find(({ test }) => test === 'mean-shift')?.effect ?? 0;
  if (mean === undefined || moved < MOVED) return `${name} is distributed differently than ${base}`;
  const difference = mean.window - mean.reference;
  const direction = difference > 0 ? 'higher' : 'lower';
  const means = `${shown(mean.window, reference)} on average, ${shown(mean.reference, reference)} ${base}`;
  if (reference !== undefined && 'text' in reference) {
    const more = difference > 0 ? 'more' : 'fewer';
    return `${name} has ${number(Math.abs(difference))} ${more} known words than ${base} (${means})`;
  }
  return `${name} is ${gap(Math.abs(difference), reference)} ${direction} than ${base} (${means})`;
}

/** The value whose share changed most. */
function shareChange({ name, comparison }: Told, base: string): string {
  const { labels, reference, window } = comparison;
  // Of two that changed as much, the one that grew.
  const gaps = labels.map(
    (_, i) => Math.abs(window[i]! - reference[i]!) + (window[i]! > reference[i]! ? 1e-9 : 0),
  );
  const most = gaps.indexOf(Math.max(...gaps));
  return `${name}: ${labels[most]} in ${percent(window[most]!)} of the rows, ${percent(reference[most]!)} ${base}`;
}

const NAMED = 3;

function newValues({ unseenValues = {} }: Told): string {
  const found = Object.keys(unseenValues).map((value) => ({ value, count: ownValue(unseenValues, value)! }));
  const most = found.sort((a, b) => b.count - a.count).slice(0, NAMED);
  const more = found.length > NAMED ? ' and others' : '';
  return most.length === 0 ? '' : `: ${most.map(({ value }) => value).join(', ')}${more}`;
}

function describeNotCompared({ name, notCompared, mean }: Told, reference?: ColumnReference): string {
  if (notCompared === 'part-of-a-cycle') {
    const cycle = reference?.time?.follows === 'cycle' ? CYCLES[reference.time.days] : 'a cycle';
    return `${name} follows ${cycle}, of which this window is a part; its values are not compared.`;
  }
  const dates =
    mean === undefined || reference?.type !== 'timestamp'
      ? ''
      : ` (${shown(mean.window, reference)} on average, ${shown(mean.reference, reference)} in training)`;
  return `${name} advances with time${dates}; its values are not compared.`;
}

const CYCLES = {
  1: 'the hours of the day',
  7: 'the days of the week',
  31: 'the days of the month',
  366: 'the year',
};

function shown(value: number, reference: ColumnReference | undefined): string {
  if (reference?.type === 'timestamp') return new Date(value).toISOString().slice(0, 10);
  return withUnit(number(value), reference);
}

/** A difference of dates in days, of others in their unit. */
function gap(value: number, reference: ColumnReference | undefined): string {
  if (reference?.type === 'timestamp') return `${number(value / 86_400_000)} days`;
  return withUnit(number(value), reference);
}

function withUnit(text: string, reference: ColumnReference | undefined): string {
  const { before = '', after = '' } = reference?.unit ?? {};
  const first = /[A-Za-z]$/.test(before) ? `${before} ` : before;
  return `${first}${text}${after === '' ? '' : ` ${after}`}`;
}

function number(value: number): string {
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en');
  return String(Number(value.toPrecision(Math.abs(value) >= 100 ? 3 : 2)));
}

function percent(share: number): string {
  const value = share * 100;
  return `${value > 0 && value < 1 ? value.toPrecision(1) : Math.round(value)} %`;
}

const NEVER_SEEN = [
  ['missing-not-seen', 'missing', 'missing'],
  ['unseen-category', 'of a new category', 'of new categories'],
  ['out-of-range', 'far outside the range', 'far outside the range'],
] as const;

function describeWarnings(warnings: WarningCounts | undefined): string {
  const parts = NEVER_SEEN.flatMap(([code, one, many]) => {
    const count = warnings?.[code] ?? 0;
    return count === 0 ? [] : [`${count.toLocaleString('en')} ${count === 1 ? one : many}`];
  });
  return parts.length === 0 ? '' : ` Training never saw such values: ${parts.join(', ')}.`;
}

/** The facts behind the verdict: effect, its limit, what chance gives, and whether it holds among all tests of the window. */
export function describeStatistics(
  { drifted }: Pick<ColumnDrift, 'drifted'>,
  leading: TestResult | undefined,
  alpha: number,
): string {
  if (leading === undefined) return 'No test applies.';
  const { measure, effect, threshold, chance, pValue } = leading;
  const found = `${measure} ${figure(effect)}`;
  const odds = `${figure(chance)}, which chance alone exceeds ${oncePer(alpha)}`;
  const p = `p = ${probability(pValue)}`;
  if (drifted) {
    return `${found}, above the limit ${figure(threshold)} and above ${odds}; it holds among all tests of the window (${p}).`;
  }
  if (effect < threshold) return `${found}, below the limit ${figure(threshold)} (${p}).`;
  if (effect <= chance) return `${found} is below ${odds} (${p}).`;
  return `${found} is above ${odds}, but does not hold among all tests of the window (${p}).`;
}

export function describeWindow(
  report: Pick<DriftReport, 'rows' | 'enough' | 'minRows' | 'columns' | 'scores'>,
): string {
  const rows = `${report.rows.toLocaleString('en')} prediction${report.rows === 1 ? '' : 's'}`;
  const drifted = [...report.scores, ...report.columns].filter((column) => column.drifted);
  const size = report.enough ? '' : ` Fewer than ${report.minRows} rows raise no alert.`;
  if (drifted.length === 0) {
    const compared = report.columns.filter(({ notCompared }) => notCompared === undefined).length;
    const left = report.columns.length - compared;
    const time =
      left === 0
        ? ''
        : ` ${left} that ${left === 1 ? 'goes' : 'go'} with time ${left === 1 ? 'was' : 'were'} not.`;
    return `No drift in ${rows}: ${compared} column${compared === 1 ? '' : 's'}${report.scores.length === 0 ? '' : ' and the scores'} ${compared === 1 && report.scores.length === 0 ? 'was' : 'were'} compared.${time}${size}`;
  }
  const names = drifted.slice(0, 3).map((column) => column.name);
  const more = drifted.length > names.length ? ` and ${drifted.length - names.length} more` : '';
  return `Drift in ${rows}: ${names.join(', ')}${more}.${size}`;
}

function figure(value: number): string {
  return value.toPrecision(value < 0.001 ? 1 : 2);
}

function probability(p: number): string {
  return p < 1e-12 ? '< 1e-12' : p.toExponential(1);
}

function oncePer(alpha: number): string {
  return `1 time in ${Math.round(1 / alpha)}`;
}
