import { fail } from '@slipway/contract';
import { columnNamed, cutText, type Table } from '../ingest/index.ts';
import type { LabelQueue, LabelTask, RowValue } from './model.ts';
import { isMissing, rowValues } from './table-values.ts';
import { uncertaintyOf } from './uncertainty.ts';

export type QueueRows = {
  queue: Pick<LabelQueue, 'id' | 'target' | 'relabel'>;
  table: Table;
  /** Columns that people see, in this order. */
  shown: readonly string[];
  /** More tasks are not made: the first ones by priority and row are. */
  limit: number;
  /** A model's class probabilities of every row of the table, row-major; the rows it is least sure of come first. */
  probabilities?: { outputs: number; values: Float64Array } | undefined;
};

/**
 * The tasks of a queue, in the order in which they are handed out: the rows whose target is missing (or all of them),
 * in their order, or least sure first. A target that the table lacks is missing in every row. Throws
 * `label.nothing-to-do` when every row has its target.
 */
export function queueTasks(request: QueueRows): LabelTask[] {
  const { queue, table, shown, limit, probabilities } = request;
  const target = columnNamed(table, queue.target);
  const rows = Array.from({ length: table.rows }, (_, row) => row).filter(
    (row) => queue.relabel || target === undefined || isMissing(target, row),
  );
  if (rows.length === 0) throw fail('label.nothing-to-do', { target: queue.target }, { path: 'target' });
  const columns = shown.flatMap((name) => columnNamed(table, name) ?? []);
  const chosen = rows
    .map((row) => ({ row, priority: priorityOf(probabilities, row) }))
    .sort((a, b) => b.priority - a.priority || a.row - b.row)
    .slice(0, limit)
    .map((task) => ({ ...task, values: rowValues(columns, task.row) }));
  const longest = longestFitting(chosen.flatMap(({ values }) => Object.values(values).flatMap(lengthOf)));
  return chosen.map(({ row, priority, values }, place) => ({
    id: `${queue.id}-${place + 1}`,
    queueId: queue.id,
    row,
    values: shownValues(values, longest),
    priority,
  }));
}

/** Characters of the texts of all tasks together, which the control plane takes in at once. */
const MOST_CHARACTERS = 20_000_000;

function lengthOf(value: RowValue): number[] {
  return typeof value === 'string' ? [value.length] : [];
}

/** How long texts may be so that all together fit: those that are shorter leave their share to the others. */
function longestFitting(lengths: readonly number[]): number {
  const sorted = Float64Array.from(lengths).sort();
  let left = MOST_CHARACTERS;
  for (const [i, length] of sorted.entries()) {
    const share = Math.floor(left / (sorted.length - i));
    if (length > share) return share;
    left -= length;
  }
  return Number.POSITIVE_INFINITY;
}

/** What a person sees of a row: longer texts end with …; labels are filled in by row, so nothing of the dataset is lost. */
function shownValues(values: Record<string, RowValue>, longest: number): Record<string, RowValue> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' ? cutText(value, longest) : value,
    ]),
  );
}

function priorityOf(probabilities: QueueRows['probabilities'], row: number): number {
  if (probabilities === undefined) return 0;
  const { outputs, values } = probabilities;
  if (outputs === 1) return uncertaintyOf([values[row]!, 1 - values[row]!]);
  return uncertaintyOf(values.subarray(row * outputs, (row + 1) * outputs));
}
