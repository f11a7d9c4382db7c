import { formatSlice, type GateCondition, metricId, ownValue, type SliceCondition } from '@slipway/contract';
import type { DatasetReport, Gate, GroupReport } from '../model.ts';
import type { Decide } from './decide.ts';
import { figure } from './figures.ts';

/** How results call the rows that were held out of training. */
export const HOLD_OUT = 'hold-out';

/** A gate that somebody asked for; its id is the condition as text. */
export function conditionGate(condition: GateCondition, id: string): Gate {
  return { id, kind: 'condition', condition, says: id };
}

type Observed = { value: number; rows: number; of: string } | { reason: string; rows?: number };

/**
 * A bound on one metric: of all rows of the set, of the rows of a slice, or of every group of a column that is large enough
 * to be compared. By group, a figure that compares groups, such as `selection-rate-ratio`, is taken before a metric of
 * each. What was not measured, or is not defined on these rows, closes the gate.
 */
export const condition: Decide<'condition'> = ({ condition: asked }, dataset) => {
  const { is, value: threshold, where, by } = asked;
  const metric = metricId(asked.metric);
  const slice = where !== undefined && where.length > 0 ? where : undefined;
  const found = observe(asked, metric, slice, dataset);
  const place = {
    ...(slice && { slice: formatSlice(slice) }),
    ...(by !== undefined && { group: by }),
  };
  if ('reason' in found) {
    const rows = found.rows ?? 0;
    return { passed: false, observed: null, threshold, says: found.reason, ...place, rows };
  }
  const passed = HOLDS[is](found.value, threshold);
  const optimistic = overlapSays(dataset);
  const says = `${metric} is ${figure(found.value)} ${found.of} (${rowsInWords(found.rows)}); ${WORDS[is]} ${figure(threshold)} is asked for.${optimistic}`;
  return { passed, observed: found.value, threshold, says, ...place, rows: found.rows };
};

function observe(
  asked: GateCondition,
  metric: string,
  where: readonly SliceCondition[] | undefined,
  dataset: DatasetReport,
): Observed {
  if (asked.by !== undefined) return ofGroups(metric, asked, dataset);
  if (where !== undefined) return ofSlice(metric, formatSlice(where), dataset);
  const value = ownValue(dataset.metrics, metric) ?? ownValue(dataset.metrics, metric.replaceAll('-', '_'));
  if (value === undefined)
    return {
      reason: `${metric} is not defined on ${dataset.name}${whyUndefined(metric)}.`,
      rows: dataset.rows,
    };
  return { value, rows: dataset.rows, of: `on ${dataset.name}` };
}

function ofSlice(metric: string, says: string, { name, askedSlices }: DatasetReport): Observed {
  const slice = askedSlices?.find((one) => one.says === says);
  if (slice === undefined) return { reason: `${name} lacks a column of the slice ${says}.` };
  if (slice.rows === 0) return { reason: `No row of ${name} is in the slice ${says}.`, rows: 0 };
  const value = ownValue(slice.metrics, metric);
  const of = `on ${name} where ${says}`;
  if (value === undefined)
    return {
      reason: `${metric} is not defined ${of} (${rowsInWords(slice.rows)})${whyUndefined(metric)}.`,
      rows: slice.rows,
    };
  return { value, rows: slice.rows, of };
}

function ofGroups(metric: string, { by, is }: GateCondition, { name, groups = [] }: DatasetReport): Observed {
  const report = groups.find(({ column }) => column === by);
  if (report === undefined) return { reason: `The groups of ${by} were not compared on ${name}.` };
  const compared = report.groups.filter((group) => group.compared);
  const small = smallGroups(report);
  const gap = ownValue(report.gaps, metric);
  if (gap !== undefined) {
    const [low, high] = gap.between;
    const rows = compared.reduce((sum, group) => sum + group.rows, 0);
    return { value: gap.value, rows, of: `between ${low} and ${high}, groups of ${by} on ${name}${small}` };
  }
  const isGap = /-(?:difference|ratio)$/.test(metric);
  if (isGap || compared.length === 0)
    return { reason: `Too few groups of ${by} on ${name} have the rows to tell ${metric}${small}.` };
  return worstGroup(metric, is, report, `on ${name}`, small);
}

/** The group in which the condition is furthest from holding, since it must hold in each. */
function worstGroup(
  metric: string,
  is: GateCondition['is'],
  { column, groups }: GroupReport,
  on: string,
  small: string,
): Observed {
  const compared = groups.filter((group) => group.compared);
  const values = compared.map((group) => ({ ...group, figure: ownValue(group.metrics, metric) }));
  const undefinedIn = values.find((group) => group.figure === undefined);
  if (undefinedIn !== undefined) {
    const { value, rows } = undefinedIn;
    const count = rows.toLocaleString('en');
    return {
      reason: `${metric} is not defined ${on} for ${value}, a group of ${column} (${count} rows).`,
      rows,
    };
  }
  const sign = is === '>=' || is === '>' ? 1 : -1;
  const [worst] = values.toSorted((a, b) => sign * (a.figure! - b.figure!));
  const { value: group, rows, figure: value } = worst!;
  return {
    value: value!,
    rows,
    of: `${on} for ${group}, the worst of ${compared.length} groups of ${column}${small}`,
  };
}

/** Costs are of the model's training: an imported model, or one that was trained without, has none. */
function whyUndefined(metric: string): string {
  return metric === 'cost' ? ': the model was not trained with costs (`--costs`)' : '';
}

function rowsInWords(rows: number): string {
  return `${rows.toLocaleString('en')} ${rows === 1 ? 'row' : 'rows'}`;
}

/** Groups without the rows to be judged are in no figure, which must be said. */
function smallGroups({ groups }: GroupReport): string {
  const small = groups.filter((group) => !group.compared);
  if (small.length === 0) return '';
  const names = small.slice(0, 5).map(({ value, rows }) => `${value} (${rows.toLocaleString('en')})`);
  const more = small.length > names.length ? ` and ${small.length - names.length} more` : '';
  return `, without those of too few rows: ${names.join(', ')}${more}`;
}

/** Equal rows make the figure of a further set optimistic, which whoever reads the gate must know. */
function overlapSays({ origin, rows }: DatasetReport): string {
  const overlap = origin?.overlap?.rows ?? 0;
  if (overlap === 0) return '';
  return ` The figure is optimistic: ${overlap.toLocaleString('en')} of the ${rows.toLocaleString('en')} rows of the set equal training rows.`;
}

const HOLDS: Record<GateCondition['is'], (observed: number, threshold: number) => boolean> = {
  '>=': (observed, threshold) => observed >= threshold,
  '>': (observed, threshold) => observed > threshold,
  '<=': (observed, threshold) => observed <= threshold,
  '<': (observed, threshold) => observed < threshold,
};

const WORDS: Record<GateCondition['is'], string> = {
  '>=': 'at least',
  '>': 'more than',
  '<=': 'at most',
  '<': 'less than',
};
