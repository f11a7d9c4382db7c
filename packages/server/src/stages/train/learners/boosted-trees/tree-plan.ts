import { type BinnedMatrix, binCount } from './binned-feature.ts';
import type { HistogramLayout } from './histogram-layout.ts';
import type { Arena, KernelMemory } from './kernels/kernel-memory.ts';
import { MOST_THREADS } from './thread-team.ts';

/** Numbers of a feature that shares a column: where in a histogram the column's bins start, its first of them, where its own are, how many, its usual one. */
export const MEMBER_NUMBERS = 5;

/** Numbers of a part in a plan's head: where its runs, members and features start and end. */
const PART_NUMBERS = 6;

/** What each thread has to do for a tree over some features. */
export type TreePlan = {
  /** Place of the plan, of the table of columns to accumulate and of the list of features to search. */
  at: number;
  /** Another one for each plan that is made on a thread. */
  version: number;
  columns: number;
  columnCount: number;
  list: Int32Array;
};

let versions = 0;

/** Makes plans, one after the other in the same place; the former one is kept while nothing changes. */
export type Planner = (features: Int32Array, parts: number) => TreePlan;

export function treePlanner(arena: Arena, binned: BinnedMatrix, layout: HistogramLayout): Planner {
  const count = binned.features.length;
  const head = arena.int32(PART_NUMBERS * MOST_THREADS + (2 + MEMBER_NUMBERS) * count + 2 * count);
  const columns = arena.int32(2 * binned.columns.length);
  const list = arena.int32(count);
  let former: { features: Int32Array; parts: number; plan: TreePlan } | undefined;
  return (features, parts) => {
    if (former && former.parts === parts && same(former.features, features)) return former.plan;
    const units = unitsOf(binned, features);
    units.forEach(({ column }, i) => {
      columns[2 * i] = binned.columns[column]!.at;
      columns[2 * i + 1] = layout.columns[column]!;
    });
    writePlan(head, list, binned, layout, units, parts);
    const plan = {
      at: head.byteOffset,
      version: ++versions,
      columns: columns.byteOffset,
      columnCount: units.length,
      list: list.subarray(0, features.length),
    };
    former = { features, parts, plan };
    return plan;
  };
}

function same(a: Int32Array, b: Int32Array): boolean {
  return a === b || (a.length === b.length && a.every((value, i) => value === b[i]));
}

/** A column with those of its features that are wanted. */
type Unit = { column: number; features: number[] };

function unitsOf({ features, columns }: BinnedMatrix, wanted: Int32Array): Unit[] {
  const ofColumn = new Map<number, number[]>();
  for (const f of wanted) {
    const { column } = features[f]!;
    const own = ofColumn.get(column);
    if (own) own.push(f);
    else ofColumn.set(column, [f]);
  }
  return columns.flatMap((_, column) => {
    const own = ofColumn.get(column);
    return own ? [{ column, features: own }] : [];
  });
}

function writePlan(
  head: Int32Array,
  list: Int32Array,
  binned: BinnedMatrix,
  layout: HistogramLayout,
  units: Unit[],
  parts: number,
): void {
  const body: number[] = [];
  const bodyAt = PART_NUMBERS * MOST_THREADS;
  let listed = 0;
  shares(units, layout, parts).forEach((own, part) => {
    const runs = runsOf(own, layout);
    const members = own.flatMap((unit) => membersOf(unit, binned, layout));
    const runsFrom = bodyAt + body.length;
    body.push(...runs);
    const membersFrom = bodyAt + body.length;
    body.push(...members);
    const listFrom = listed;
    for (const f of own.flatMap(({ features }) => features)) list[listed++] = f;
    head.set(
      [runsFrom, membersFrom, membersFrom, bodyAt + body.length, listFrom, listed],
      PART_NUMBERS * part,
    );
  });
  head.set(body, bodyAt);
}

/** Cuts the units into as many stretches as there are parts, of bins as equal as may be. */
function shares(units: Unit[], layout: HistogramLayout, parts: number): Unit[][] {
  const bytes = ({ column }: Unit) => layout.columnEnds[column]! - layout.columns[column]!;
  const total = units.reduce((sum, unit) => sum + bytes(unit), 0);
  const stretches: Unit[][] = Array.from({ length: parts }, () => []);
  let before = 0;
  for (const unit of units) {
    const middle = before + bytes(unit) / 2;
    stretches[Math.min(parts - 1, Math.floor((middle / total) * parts))]!.push(unit);
    before += bytes(unit);
  }
  return stretches;
}

/** The stretches of a histogram that belong to the units, neighbours joined: pairs of start and size. */
function runsOf(units: Unit[], { columns, columnEnds }: HistogramLayout): number[] {
  const runs: number[] = [];
  let end = -1;
  for (const { column } of units) {
    const size = columnEnds[column]! - columns[column]!;
    if (columns[column] === end) runs[runs.length - 1]! += size;
    else runs.push(columns[column]!, size);
    end = columnEnds[column]!;
  }
  return runs;
}

function membersOf({ column, features }: Unit, binned: BinnedMatrix, layout: HistogramLayout): number[] {
  return features.flatMap((f) => {
    const feature = binned.features[f]!;
    if (!feature.member) return [];
    const { first, usualBin } = feature.member;
    return [layout.columns[column]!, first, layout.features[f]!, binCount(feature), usualBin];
  });
}

/** A thread's part of a plan. */
export type PlanPart = {
  /** Pairs of start and size. */
  runs: Int32Array;
  members: Int32Array;
  listFrom: number;
  listTo: number;
};

/** Reads parts of plans; those of the former plan are kept, since views of shared memory take long to make. */
export function planReader(memory: KernelMemory) {
  let read: PlanPart[] = [];
  let of = 0;
  return (at: number, version: number, part: number): PlanPart => {
    if (version !== of) read = [];
    of = version;
    read[part] ??= planPart(memory, at, part);
    return read[part];
  };
}

function planPart(memory: KernelMemory, at: number, part: number): PlanPart {
  const [runsFrom, runsTo, membersFrom, membersTo, listFrom, listTo] = new Int32Array(
    memory.buffer,
    at + 4 * PART_NUMBERS * part,
    PART_NUMBERS,
  );
  const numbers = (from: number, to: number) => new Int32Array(memory.buffer, at + 4 * from, to - from);
  return {
    runs: numbers(runsFrom!, runsTo!),
    members: numbers(membersFrom!, membersTo!),
    listFrom: listFrom!,
    listTo: listTo!,
  };
}
