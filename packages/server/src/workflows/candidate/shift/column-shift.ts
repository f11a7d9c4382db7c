import type { ColumnDrift } from '../../../stages/monitor/index.ts';
import type { ColumnShift } from '../../../stages/validate/index.ts';

/** What monitoring found out about a column, as a validation report keeps it. */
export function columnShift(drift: ColumnDrift): ColumnShift {
  const leading = drift.tests.find(({ test }) => test === drift.leading);
  const base = { column: drift.name, shifted: drift.drifted, level: drift.level };
  if (leading === undefined) {
    const says = `${drift.name}: nothing to compare.`;
    return { ...base, measure: null, effect: null, pValue: null, says };
  }
  const { measure, effect, threshold, pValue } = leading;
  const figures = `${measure} ${figure(effect)} (${figure(threshold)} matters, p ${probability(pValue)})`;
  const says = drift.drifted
    ? `${drift.name} is distributed otherwise in the appended rows: ${figures}.`
    : `${drift.name} is not shown to be distributed otherwise: ${figures}.`;
  return { ...base, measure, effect, pValue, says };
}

function figure(value: number): string {
  return value.toPrecision(value < 0.001 ? 1 : 2);
}

function probability(p: number): string {
  return p < 1e-12 ? '< 1e-12' : `= ${p.toExponential(1)}`;
}
