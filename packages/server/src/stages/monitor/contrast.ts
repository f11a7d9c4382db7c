import { ownValue } from '@slipway/contract';
import type { CategoryReference, ColumnReference, NumberReference } from '../pack/index.ts';
import type { Contrast, Moments, Sample } from './drift-tests/index.ts';
import type { CategoryWindow, ColumnWindow, NumberWindow } from './model.ts';
import type { SameParts } from './same-parts.ts';

/**
 * A column of the reference beside the same column of a window, as the drift tests take it. Where the parts of the week differ,
 * the reference is what it would be in the parts that the window has.
 */
export function contrastOf(
  reference: ColumnReference,
  window: ColumnWindow,
  sameParts?: SameParts | undefined,
): Contrast {
  return 'edges' in reference
    ? numberContrast(reference, window as NumberWindow, sameParts)
    : categoryContrast(reference, window as CategoryWindow, sameParts);
}

export function numberContrast(
  reference: NumberReference,
  window: NumberWindow,
  sameParts?: SameParts | undefined,
): Contrast {
  return {
    kind: 'number',
    reference: numberSample({ ...reference, ...sameParts }),
    window: numberSample(window),
    widths: reference.edges.slice(1).map((edge, i) => edge - reference.edges[i]!),
    moments: { reference: sameParts?.moments ?? reference, window: momentsOf(reference, window) },
  };
}

/** Earlier traffic in place of the training data. */
export function trafficAsReference(
  reference: ColumnReference | NumberReference,
  window: NumberWindow | CategoryWindow,
): SameParts {
  const { counts, missing } = window;
  if (window.kind === 'category') return { counts, missing, other: window.other + window.unseen };
  const { below, above } = window;
  const moments = 'edges' in reference ? { moments: momentsOf(reference, window) } : {};
  return { counts, missing, other: 0, below, above, ...moments };
}

/** Undoes the scaling of the window's sums. */
function momentsOf({ mean, standardDeviation }: NumberReference, window: NumberWindow): Moments {
  const present = total(window.counts) + window.below + window.above;
  const scale = standardDeviation > 0 ? standardDeviation : 1;
  const shift = present === 0 ? 0 : window.sum / present;
  const variance = present === 0 ? 0 : Math.max(0, window.sumSquares / present - shift ** 2);
  return { mean: mean + scale * shift, standardDeviation: scale * Math.sqrt(variance) };
}

function numberSample(side: Pick<NumberWindow, 'counts' | 'below' | 'above' | 'missing'>): Sample {
  const cells = [side.below, ...side.counts, side.above];
  return { cells, present: total(cells), missing: side.missing, unseen: 0 };
}

function categoryContrast(
  reference: CategoryReference,
  window: CategoryWindow,
  sameParts: SameParts | undefined,
): Contrast {
  const limit = tailLimit(reference);
  const inTail = reference.counts.map((count) => count <= limit);
  const sample = categorySample({ ...reference, ...sameParts }, inTail);
  const present = total(reference.counts) + reference.other;
  const unseen = (expectedUnseen(reference) * sample.present) / Math.max(1, present);
  return {
    kind: 'category',
    reference: { ...sample, unseen },
    window: categorySample(window, inTail),
    widths: [],
  };
}

function categorySample(
  side: Pick<CategoryWindow, 'counts' | 'other' | 'unseen' | 'missing'>,
  inTail: readonly boolean[],
): Sample {
  const tail = total(side.counts.filter((_, value) => inTail[value])) + side.other + side.unseen;
  const cells = [...side.counts.filter((_, value) => !inTail[value]), tail];
  return { cells, present: total(cells), missing: side.missing, unseen: side.unseen };
}

/** Values this frequent in the reference never join the tail. */
const FREQUENT = 20;

/**
 * Up to which count in the reference values are compared as one tail, together with the never seen.
 *
 * Which values were seen, and how often the rare ones, is the reference's own luck: singly they would look fewer in
 * any fresh window, and the never seen more. As one cell that evens out, but for the values just above the limit
 * (Good 1953: those seen r times have the probability of (r + 1) N(r + 1) / N(r) more sightings). So the limit is the
 * first count above which few values lie; without rare values there is no tail. Where only the most frequent of many
 * values are listed, being listed is luck too, so all that are not frequent join.
 */
function tailLimit({ counts, other }: CategoryReference): number {
  if (other > 0) return FREQUENT - 1;
  let tail = 0;
  for (let limit = 0; limit < FREQUENT - 1; limit++) {
    const atBorder = (limit + 1) * counts.filter((count) => count === limit + 1).length;
    if (atBorder <= Math.max(1, Math.sqrt(tail + atBorder) / 2)) return limit;
    tail += atBorder;
  }
  return FREQUENT - 1;
}

/** How many values training saw exactly once, at most: of the unlisted ones only their total is known. */
function expectedUnseen({ values, counts, other, known }: CategoryReference): number {
  const listedOnce = counts.filter((count) => count === 1).length;
  const unlisted = Math.max(0, known.length - values.length);
  return listedOnce + Math.min(unlisted, other);
}

/** Every listed value, other and never seen, as shares of the present values: what a picture shows. */
export function categoryShares(side: Pick<CategoryWindow, 'counts' | 'other' | 'unseen'>): number[] {
  return sharesOf([...side.counts, side.other, side.unseen]);
}

export function sharesOf(cells: readonly number[]): number[] {
  const sum = total(cells);
  return cells.map((count) => (sum === 0 ? 0 : count / sum));
}

/** Shares of predicted classes beside those of the hold-out, of which `rows` is the number. */
export function classContrast(
  shares: Readonly<Record<string, number>>,
  rows: number,
  window: Readonly<Record<string, number>>,
): { contrast: Contrast; labels: string[] } {
  const labels = [...new Set([...Object.keys(shares), ...Object.keys(window)])];
  const reference = labels.map((label) => Math.round((ownValue(shares, label) ?? 0) * rows));
  const found = labels.map((label) => ownValue(window, label) ?? 0);
  const sample = (cells: number[]): Sample => ({ cells, present: total(cells), missing: 0, unseen: 0 });
  const contrast: Contrast = {
    kind: 'category',
    reference: sample(reference),
    window: sample(found),
    widths: [],
  };
  return { contrast, labels };
}

export function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
