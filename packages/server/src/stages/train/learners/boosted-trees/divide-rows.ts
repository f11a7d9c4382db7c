import { type Grower, share } from './grower.ts';
import { RESULT_BYTES } from './jobs.ts';
import { markBinsGoingLeft, type Split } from './split.ts';

/** Rows from which parting them is worth sharing out among threads. */
const MANY_ROWS = 32_768;

type Stretches = { begin: number; end: number; ridersBegin: number; ridersEnd: number };

/** Parts the rows and riders of a node, each side keeping its order; where the right sides begin. */
export function divideRows(
  grower: Grower,
  { rows, riders }: { rows: Int32Array; riders: Int32Array },
  { begin, end, ridersBegin, ridersEnd }: Stretches,
  split: Split,
): { middle: number; ridersMiddle: number } {
  const feature = grower.binned.features[split.feature]!;
  const { at } = grower.binned.columns[feature.column]!;
  markBinsGoingLeft(grower.goesLeft, split, feature);
  return {
    middle: part(grower, rows, begin, end, at),
    ridersMiddle: part(grower, riders, ridersBegin, ridersEnd, at),
  };
}

function part(grower: Grower, rows: Int32Array, begin: number, end: number, cells: number): number {
  if (begin === end) return begin;
  if (grower.team.parts > 1 && end - begin >= MANY_ROWS) return partTogether(grower, rows, begin, end, cells);
  const { kernels, goesLeft, sides } = grower;
  const first = rows.byteOffset + 4 * begin;
  const right = sides.right.byteOffset;
  const left = kernels.part(rows.byteOffset, begin, end, cells, goesLeft.byteOffset, first, right);
  kernels.copy(first + 4 * left, right, 4 * (end - begin - left));
  return begin + left;
}

function partTogether(grower: Grower, rows: Int32Array, begin: number, end: number, cells: number): number {
  const { jobs, goesLeft, sides, results, arena } = grower;
  const job = {
    rows: rows.byteOffset,
    begin,
    end,
    cells,
    goesLeft: goesLeft.byteOffset,
    left: sides.left.byteOffset,
    right: sides.right.byteOffset,
    results,
  };
  const parts = share(grower, jobs.partRows, job, true);
  share(grower, jobs.joinRows, job, true);
  let middle = begin;
  for (let p = 0; p < parts; p++)
    middle += new Int32Array(arena.memory.buffer, results + p * RESULT_BYTES, 1)[0]!;
  return middle;
}
