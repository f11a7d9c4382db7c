import type { NaiveBaseline } from '../../../stages/train/index.ts';

/** The naive forecast that a model is compared with, in words. */
export function baselineText({ lag, label }: NaiveBaseline): string {
  return lag === 1 ? `${label}: always the last value` : `${label}: the value of ${lag} steps before`;
}
