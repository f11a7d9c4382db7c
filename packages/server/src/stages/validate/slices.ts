import { distinctDigits } from '../../kernel/index.ts';
import type { Column, Table } from '../ingest/index.ts';
import type { TargetVector } from '../prepare/index.ts';
import { type MetricOptions, measure, type Predictions } from '../train/index.ts';
import { bonferroniZ } from './bonferroni.ts';
import type { SliceReport, ValidatedTask } from './model.ts';
import { rowLoss, takePredictions } from './resampling/index.ts';

/** A slice of fewer rows says little. */
const LEAST_ROWS = 50;
const REPORTED = 10;

type Slice = { column: string; says: string; rows: Int32Array };

type Judged = MetricOptions & {
  task: ValidatedTask;
  target: TargetVector;
  predictions: Predictions;
};

/**
 * Where the model errs most: the loss of the rows of each category and of each quartile of a number (50 rows at
 * least) against that of all other rows, worst first.
 *
 * @param names the columns that are looked at, all of the table when left out. A model's inputs, since what it does not see
 *   (identifiers, columns left out as asked, groups, weights) says nothing on where it errs that it could learn.
 */
export function findSlices(
  judged: Judged,
  table: Table,
  names?: readonly string[],
): { slices: SliceReport[]; examined: number } {
  const loss = rowLoss(judged.task, judged.target, judged.predictions);
  const whole = momentsOf(loss);
  const slices = table.columns
    .filter(({ name }) => names === undefined || names.includes(name))
    .flatMap(slicesOf)
    .filter(({ rows }) => rows.length >= LEAST_ROWS && loss.length - rows.length >= LEAST_ROWS);
  const limit = bonferroniZ(slices.length);
  const compared = slices.map((slice) => ({ slice, ...compare(slice, loss, whole) }));
  const worst = compared
    .filter(({ z }) => z > 0)
    .sort((a, b) => b.z - a.z)
    .slice(0, REPORTED);
  return {
    examined: slices.length,
    slices: worst.map(({ slice: { column, says, rows }, ...found }) => ({
      column,
      says,
      rows: rows.length,
      ...found,
      clearlyWorse: found.z > limit,
      metrics: metricsOf(judged, rows),
    })),
  };
}

function metricsOf(judged: Judged, rows: Int32Array): Record<string, number> {
  const { task, target, predictions } = judged;
  const own = Float64Array.from(rows, (row) => target[row]!);
  return measure(task, own, takePredictions(predictions, rows), judged);
}

type Moments = { rows: number; sum: number; squares: number };

function momentsOf(values: Float64Array): Moments {
  const moments = { rows: 0, sum: 0, squares: 0 };
  for (const value of values) {
    moments.rows++;
    moments.sum += value;
    moments.squares += value * value;
  }
  return moments;
}

/** Welch's statistic of the slice's rows against all others. */
function compare({ rows }: Slice, loss: Float64Array, whole: Moments) {
  const own = momentsOf(Float64Array.from(rows, (row) => loss[row]!));
  const rest = {
    rows: whole.rows - own.rows,
    sum: whole.sum - own.sum,
    squares: whole.squares - own.squares,
  };
  const error = Math.sqrt(variance(own) / own.rows + variance(rest) / rest.rows);
  const [mean, elsewhere] = [own.sum / own.rows, rest.sum / rest.rows];
  return { loss: mean, lossElsewhere: elsewhere, z: error > 0 ? (mean - elsewhere) / error : 0 };
}

function variance({ rows, sum, squares }: Moments): number {
  return Math.max(0, squares / rows - (sum / rows) ** 2);
}

function slicesOf(column: Column): Slice[] {
  return column.type === 'string' ? levelSlices(column) : rangeSlices(column);
}

function levelSlices({ name, codes, dictionary }: Extract<Column, { type: 'string' }>): Slice[] {
  const groups = groupRows(codes);
  return [...groups].map(([code, rows]) => ({
    column: name,
    says: code < 0 ? 'is missing' : `= ${dictionary[code]!}`,
    rows: Int32Array.from(rows),
  }));
}

function rangeSlices(column: Exclude<Column, { type: 'string' }>): Slice[] {
  const { name, type, values } = column;
  const present = values.filter((value) => !Number.isNaN(value)).sort();
  const cuts = [0, 0.25, 0.5, 0.75, 1].map((q) => present[Math.round(q * (present.length - 1))]!);
  const edges = type === 'boolean' ? [0, 1, 1] : [...new Set(cuts)];
  const quartile = (value: number) => {
    if (Number.isNaN(value)) return -1;
    const above = edges.findIndex((edge, i) => i > 0 && value < edge);
    return above === -1 ? edges.length - 2 : above - 1;
  };
  return [...groupRows(values.map(quartile))].map(([bin, rows]) => ({
    column: name,
    says: bin < 0 ? 'is missing' : rangeName(type, edges, bin),
    rows: Int32Array.from(rows),
  }));
}

function rangeName(type: Column['type'], edges: readonly number[], bin: number): string {
  if (type === 'boolean') return bin === 0 ? '= false' : '= true';
  const digits = distinctDigits(edges);
  const show = (edge: number | undefined) => {
    if (edge === undefined) return '';
    return type === 'timestamp'
      ? new Date(edge).toISOString().slice(0, 10)
      : String(Number(edge.toPrecision(digits)));
  };
  return edges.length < 2 ? `= ${show(edges[0])}` : `${show(edges[bin])} to ${show(edges[bin + 1])}`;
}

/** The rows of each key. */
export function groupRows(keys: Int32Array | Float64Array): Map<number, number[]> {
  const groups = new Map<number, number[]>();
  keys.forEach((key, row) => {
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  });
  return groups;
}
