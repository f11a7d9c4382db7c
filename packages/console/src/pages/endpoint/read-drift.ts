import type { MonitorReport } from '@slipway/contract';

export type DriftColumn = MonitorReport['columns'][number];
export type DriftBin = { label: string; reference: number; current: number };

/** Keys of a column of the report that the table shows in columns of their own. */
export const OWN_PLACES = ['name', 'drifted', 'says', 'bins'];

/** The bins of a column, where the report has them: `bins: [{ label, reference, current }]`, counts or shares. */
export function driftBins(column: DriftColumn): DriftBin[] {
  const { bins } = column;
  return Array.isArray(bins) && bins.every(isBin) ? bins : [];
}

function isBin(value: unknown): value is DriftBin {
  if (typeof value !== 'object' || value === null) return false;
  const { label, reference, current } = value as Record<string, unknown>;
  return typeof label === 'string' && typeof reference === 'number' && typeof current === 'number';
}

/** The numbers that the columns of a report have besides, by name, such as the drift measure. */
export function driftMeasures(columns: readonly DriftColumn[]): string[] {
  const names = columns.flatMap((column) =>
    Object.entries(column)
      .filter(([name, value]) => typeof value === 'number' && !OWN_PLACES.includes(name))
      .map(([name]) => name),
  );
  return [...new Set(names)];
}
