import { defineOwn, ownReader, ownValue, type PredictionWarning } from '@slipway/contract';
import {
  type CategoryReference,
  type ColumnReference,
  type NumberReference,
  partOfWeek,
  partsOfWeek,
  type ReferenceProfile,
  type WeekReference,
} from '../pack/index.ts';
import { compileKnownWords } from '../prepare/index.ts';
import { type CellReader, compileCellReader, type RawValue, readTimestamp } from '../serve/index.ts';
import type { CategoryWindow, ColumnWindow, NumberWindow, Observation, WindowProfile } from './model.ts';
import type { MonitoredModel } from './ports.ts';
import { addToBins, emptyBins } from './score-bins.ts';

/** A value of a raw column; undefined when the caller left it out. */
type Cell = RawValue | undefined;

/** How many never-seen values a window names. */
const UNSEEN_NAMED = 20;

/** Accumulates a window in one pass, in memory that does not depend on the number of rows. */
export type WindowProfiler = {
  add(observation: Observation): void;
  /** What was added so far; the same object, which goes on changing when more is added. */
  profile(): WindowProfile;
};

/** A profiler for traffic of the model that `reference` belongs to; `columns` tells how what callers sent is read. */
export function windowProfiler(
  reference: ReferenceProfile,
  columns: MonitoredModel['columns'] = { inputs: [], missingWords: [] },
): WindowProfiler {
  const window = emptyWindow(reference);
  const readers = new Map(
    [...(columns.others ?? []).map((other) => ({ ...other, nullable: true })), ...columns.inputs].map(
      (input) => [input.name, compileCellReader(input, columns.missingWords)],
    ),
  );
  const adders = reference.columns.map((column, i) =>
    columnAdder(column, window.columns[i]!, readers.get(column.name)),
  );
  const addWarning = warningAdder(window.columns);
  const addScore = numberAdder(reference.score, window.score);
  const placed = scorePlacer(reference.score);
  const addPart = partAdder(reference.week, window.weekParts, readers);
  const classified = reference.classShares !== undefined;
  return {
    add({ row, score, value, ts, warnings }) {
      window.rows++;
      if (window.from === null || ts < window.from) window.from = ts;
      if (window.to === null || ts > window.to) window.to = ts;
      for (const add of adders) add(row);
      addPart(row, ts);
      warnings?.forEach(addWarning);
      addScore(placed(asNumber(score)));
      if (classified && value !== null) {
        countName(window.classes, String(value));
        addToBins(window.scoreBins, score);
      }
    },
    profile: () => window,
  };
}

/** The window of no rows, which merging leaves any window unchanged. */
export function emptyWindow(reference: ReferenceProfile): WindowProfile {
  return {
    format: 1,
    rows: 0,
    from: null,
    to: null,
    columns: reference.columns.map((column) => ({
      name: column.name,
      ...('edges' in column ? emptyNumber(column) : emptyCategory(column)),
    })),
    score: emptyNumber(reference.score),
    scoreBins: emptyBins(),
    classes: {},
    weekParts: reference.week === undefined ? [] : zeros(partsOfWeek(reference.week) + 1),
  };
}

/** Counts the rows by the parts that the reference divides the week into. */
function partAdder(
  week: WeekReference | undefined,
  weekParts: number[],
  readers: ReadonlyMap<string, CellReader>,
): (row: Observation['row'], ts: string) => void {
  if (week === undefined) return () => {};
  const cellIn = ownReader(week.column);
  const read = readers.get(week.column);
  const places = week.values && new Map(week.values.map((value, part) => [value, part]));
  const unknown = partsOfWeek(week);
  return (row, ts) => {
    const cell = asRead(cellIn(row)!, read);
    const ms = places === undefined ? timeOf(cell, ts) : Number.NaN;
    const part = Number.isNaN(ms) ? places?.get(String(cell)) : partOfWeek(ms, week.partsOfDay);
    weekParts[part ?? unknown]!++;
  };
}

/** The date in the row, else the moment it was predicted. */
function timeOf(cell: Cell, ts: string): number {
  const own = cell === null ? Number.NaN : asTimestamp(cell);
  return Number.isNaN(own) ? Date.parse(ts) : own;
}

/** By more than so much, relatively, the scores of two programs do not differ. */
const PRECISION = 1e-6;

/**
 * The score as training's program would have given it: it is raised by more than the two programs differ, so that a score that
 * is an edge of the reference falls into the same bin; what is no further beyond the smallest or largest edge than scores have to
 * differ is at that edge.
 */
function scorePlacer({ edges, resolution = 0 }: NumberReference): (score: number) => number {
  const smallest = edges[0] ?? Number.NEGATIVE_INFINITY;
  const largest = edges.at(-1) ?? Number.POSITIVE_INFINITY;
  return (score) => {
    const step = Math.abs(score) * PRECISION;
    const reach = Math.max(step, resolution);
    if (score + step > largest && score - reach <= largest) return largest;
    return score < smallest && score + reach >= smallest ? smallest : score + step;
  };
}

function emptyNumber(reference: NumberReference): NumberWindow {
  const counts = zeros(reference.counts.length);
  return { kind: 'number', counts, below: 0, above: 0, missing: 0, sum: 0, sumSquares: 0 };
}

function emptyCategory(reference: CategoryReference): CategoryWindow {
  const counts = zeros(reference.values.length);
  return { kind: 'category', counts, other: 0, unseen: 0, missing: 0, unseenValues: {} };
}

function zeros(length: number): number[] {
  return new Array<number>(length).fill(0);
}

/** Columns that the reference does not tell of, such as those of a forecast, are passed over. */
function warningAdder(columns: readonly ColumnWindow[]): (warning: PredictionWarning) => void {
  const byName = new Map(columns.map((column) => [column.name, column]));
  return ({ column, code }) => {
    const window = byName.get(column);
    if (window === undefined) return;
    window.warnings ??= {};
    window.warnings[code] = (window.warnings[code] ?? 0) + 1;
  };
}

function columnAdder(reference: ColumnReference, window: ColumnWindow, readCell: CellReader | undefined) {
  const cellIn = ownReader(reference.name);
  if ('edges' in reference && window.kind === 'number') {
    const add = numberAdder(reference, window);
    const read = readerOf(reference);
    return (row: Observation['row']) => add(read(asRead(cellIn(row)!, readCell)));
  }
  const add = categoryAdder(reference as CategoryReference, window as CategoryWindow, readCell);
  return (row: Observation['row']) => add(cellIn(row)!);
}

/** The cell as the model took it; a value that does not fit, of an earlier schema say, as it is. */
function asRead(cell: Cell, readCell: CellReader | undefined): Cell {
  if (readCell === undefined || cell === null || cell === undefined) return cell;
  const read = readCell(cell);
  return read === undefined ? cell : read;
}

function readerOf(reference: Extract<ColumnReference, { edges: number[] }>): (cell: Cell) => number {
  if (!('text' in reference)) return reference.type === 'timestamp' ? asTimestamp : asNumber;
  const count = compileKnownWords(reference.text);
  return (cell) => (typeof cell === 'string' ? count(cell) : Number.NaN);
}

function asNumber(cell: Cell): number {
  if (typeof cell === 'number') return cell;
  if (typeof cell === 'boolean') return cell ? 1 : 0;
  return typeof cell === 'string' && cell !== '' ? Number(cell) : Number.NaN;
}

function asTimestamp(cell: Cell): number {
  if (typeof cell === 'number') return cell;
  return typeof cell === 'string' ? readTimestamp(cell) : Number.NaN;
}

function numberAdder(reference: NumberReference, window: NumberWindow): (value: number) => void {
  const edges = Float64Array.from(reference.edges);
  const scale = reference.standardDeviation > 0 ? 1 / reference.standardDeviation : 1;
  return (value) => {
    if (Number.isNaN(value)) {
      window.missing++;
      return;
    }
    const bin = binOf(edges, value);
    if (bin < 0) window.below++;
    else if (bin >= window.counts.length) window.above++;
    else window.counts[bin]!++;
    if (!Number.isFinite(value)) return;
    const z = (value - reference.mean) * scale;
    window.sum += z;
    window.sumSquares += z * z;
  };
}

/**
 * The bin of `value` among [edges[i], edges[i + 1]), the last one closed: -1 below the first edge, the number of
 * bins above the last.
 */
export function binOf(edges: Float64Array, value: number): number {
  const last = edges.length - 1;
  if (last < 0 || value < edges[0]!) return -1;
  if (value >= edges[last]!) return value === edges[last] && last > 0 ? last - 1 : last;
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (value >= edges[middle]!) low = middle;
    else high = middle;
  }
  return low;
}

const OTHER = -1;

function categoryAdder(
  reference: CategoryReference,
  window: CategoryWindow,
  readCell: CellReader | undefined,
): (cell: Cell) => void {
  const places = new Map<string, number>();
  for (const value of reference.known) places.set(value, OTHER);
  reference.values.forEach((value, place) => {
    places.set(value, place);
  });
  return (cell) => {
    if (cell === null || cell === undefined) {
      window.missing++;
      return;
    }
    const value = typeof cell === 'string' ? cell : String(cell);
    const place = places.get(value);
    if (place === undefined && readCell?.(cell) === null) window.missing++;
    else if (place === undefined) addUnseen(window, value);
    else if (place === OTHER) window.other++;
    else window.counts[place]!++;
  };
}

function addUnseen(window: CategoryWindow, value: string): void {
  window.unseen++;
  const named = window.unseenValues;
  if (Object.hasOwn(named, value) || Object.keys(named).length < UNSEEN_NAMED) countName(named, value);
}

/** Counts one more of `key`, also of one such as `__proto__`, which traffic may well send. */
function countName(record: Record<string, number>, key: string): void {
  defineOwn(record, key, (ownValue(record, key) ?? 0) + 1);
}
