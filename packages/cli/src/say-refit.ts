import type { ShipResult } from '@slipway/contract';
import { clean } from './output.ts';

/** Whether the model that answers has learnt from all rows, or why not; undefined where there is nothing to say. */
export function sayRefit({ refit }: Pick<ShipResult, 'refit'>): string | undefined {
  if (refit === undefined) return undefined;
  if (refit.done)
    return `refitted on ${refit.rows.toLocaleString('en')} rows, including the hold-out, in ${refit.seconds.toFixed(1)} s; figures and gates are of the model before`;
  return `not refitted on all rows: ${clean(refit.reason)}`;
}
