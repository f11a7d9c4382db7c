import type { ColumnDrift, DriftReport, TestResult, WarningCounts } from './model.ts';

/** The three facts of the verdict in one sentence, and how many values training never saw in another. */
export function describeColumn(
  column: Pick<ColumnDrift, 'name' | 'drifted' | 'warnings'>,
  leading: TestResult | undefined,
  alpha: number,
): string {
  return describeDrift(column, leading, alpha) + describeWarnings(column.warnings);
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

function describeDrift(
  { name, drifted }: Pick<ColumnDrift, 'name' | 'drifted'>,
  leading: TestResult | undefined,
  alpha: number,
): string {
  if (leading === undefined) return `${name}: nothing to compare.`;
  const { measure, effect, threshold, chance, pValue } = leading;
  const found = `${measure} ${figure(effect)}`;
  const odds = `${figure(chance)}, which chance alone exceeds ${oncePer(alpha)}`;
  if (drifted) {
    return `${name} drifted: ${found}, above ${figure(threshold)} that matters and above ${odds}; it holds among all tests of the window (p = ${probability(pValue)}).`;
  }
  if (effect < threshold) return `${name} is stable: ${found}, below ${figure(threshold)} that matters.`;
  if (effect <= chance) return `${name} is not shown to drift: ${found} is below ${odds}.`;
  return `${name} is not shown to drift: ${found} is above ${odds}, but among all tests of the window that is to be expected (p = ${probability(pValue)}).`;
}

export function describeWindow(
  report: Pick<DriftReport, 'rows' | 'enough' | 'minRows' | 'columns' | 'scores'>,
): string {
  const rows = `${report.rows} prediction${report.rows === 1 ? '' : 's'}`;
  const drifted = [...report.scores, ...report.columns].filter((column) => column.drifted);
  const size = report.enough ? '' : ` Fewer than ${report.minRows} rows raise no alert.`;
  if (drifted.length === 0) {
    return `No drift in ${rows}: ${report.columns.length} columns${report.scores.length === 0 ? '' : ' and the scores'} were compared.${size}`;
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
