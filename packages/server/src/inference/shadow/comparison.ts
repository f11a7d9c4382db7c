import { ownValue } from '@slipway/contract';
import type { ShadowSums } from '../../stages/deploy/index.ts';
import type { TensorPrediction } from '../../stages/pack/index.ts';
import type { Prediction } from '../../stages/serve/index.ts';

type Answer =
  | Pick<Prediction, 'value' | 'probabilities'>
  | Pick<TensorPrediction, 'value' | 'probabilities' | 'outputs'>;

/** Numbers this close, relative to their size, are the same answer. */
const SAME = 1e-6;

/** Adds how the answers of a shadow to some rows compare with the live ones. */
export function addComparison(sums: ShadowSums, live: readonly Answer[], shadow: readonly Answer[]): void {
  const rows = Math.min(live.length, shadow.length);
  for (let row = 0; row < rows; row++) compareRow(sums, live[row]!, shadow[row]!);
}

function compareRow(sums: ShadowSums, live: Answer, shadow: Answer): void {
  sums.rows++;
  const [left, right] = numbersOfBoth(live, shadow);
  const isNumber = typeof live.value === 'number' && typeof shadow.value === 'number';
  const isSame =
    isNumber || live.value === null
      ? left.length === right.length && left.every(closeTo(right))
      : live.value === shadow.value;
  if (isSame) sums.agreed++;
  const shared = Math.min(left.length, right.length);
  if (shared === 0) return;
  let difference = 0;
  for (let i = 0; i < shared; i++) difference += Math.abs(left[i]! - right[i]!);
  sums.difference += difference / shared;
  sums.differences++;
}

function closeTo(others: readonly number[]): (value: number, index: number) => boolean {
  return (value, index) => {
    const other = others[index]!;
    return Object.is(value, other) || Math.abs(value - other) <= SAME * Math.max(1, Math.abs(value));
  };
}

/** What can be subtracted, in the same order: the probabilities by class, or the number, or all numbers of all outputs. */
function numbersOfBoth(live: Answer, shadow: Answer): [number[], number[]] {
  const [left, right] = [live.probabilities, shadow.probabilities];
  if (left === undefined || right === undefined) return [numbersOf(live), numbersOf(shadow)];
  // A class that one of them does not know has no probability there.
  const classes = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  return [
    classes.map((name) => ownValue(left, name) ?? 0),
    classes.map((name) => ownValue(right, name) ?? 0),
  ];
}

function numbersOf(answer: Answer): number[] {
  if (typeof answer.value === 'number') return [answer.value];
  return 'outputs' in answer ? flatNumbers(Object.values(answer.outputs)) : [];
}

function flatNumbers(values: readonly unknown[]): number[] {
  return values.flat(Number.POSITIVE_INFINITY).filter((value) => typeof value === 'number');
}
