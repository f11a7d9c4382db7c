import { describe, expect, it } from 'vitest';
import { heldOut } from '../../testing/packing.builder.ts';
import { encodeHeldOut, heldOutOf, isRefitted } from './held-out.ts';

const values = Float64Array.of(0.1, 0.2, 0.7, 1 / 3, 1 / 3, 1 / 3);
const kept = heldOut(2, ['a', 'b', 'c'], { rows: 2, outputs: 3, values });

describe('the hold-out that a bundle keeps', () => {
  it('comes back to the bit: rows, targets, predictions, threshold and whether there was a refit', () => {
    const refitted = { ...kept, refit: { done: true as const, rows: 502, seconds: 1.5 } };
    for (const held of [kept, refitted]) {
      const files = new Map([['holdout.json' as const, encodeHeldOut(held)]]);
      expect(heldOutOf(files)).toEqual(held);
    }
    expect([isRefitted(kept), isRefitted(refitted), isRefitted(undefined)]).toEqual([false, true, false]);
  });

  it('is none in bundles of before it was kept', () => {
    expect(heldOutOf(new Map())).toBeUndefined();
  });

  it('is refused when it is damaged', () => {
    const whole = JSON.parse(new TextDecoder().decode(encodeHeldOut(kept))) as object;
    const damaged = ['', 'null', '{"format":1}', JSON.stringify({ ...whole, target: '' })];
    for (const text of damaged)
      expect(() => heldOutOf(new Map([['holdout.json', Buffer.from(text)]]))).toThrow(
        expect.objectContaining({ code: 'bundle.invalid' }),
      );
  });
});
