import { fail } from '@slipway/contract';
import { describe, expect, it } from 'vitest';
import { wakeGate } from './wake-gate.ts';

const LIMITS = { maxHeld: 3, maxHoldMs: 60_000 };

/** A model that comes back when it is told to. */
function sleeper(limits = LIMITS) {
  const begun: { come: () => void; fail: (failure: Error) => void }[] = [];
  const gate = wakeGate('forest', limits, () => {
    return new Promise<void>((come, reject) => begun.push({ come, fail: reject }));
  });
  return { begun, gate };
}

describe('calls to a model that is not there', () => {
  it('are held while it is brought back once for all of them', async () => {
    const { begun, gate } = sleeper();
    const calls = [gate.hold(), gate.hold(), gate.hold()];
    expect(gate.state().held).toBe(3);
    expect(begun).toHaveLength(1);
    begun[0]!.come();
    await Promise.all(calls);
    const state = gate.state();
    expect(state).toMatchObject({ held: 0, coldStarts: 1 });
    expect(state.lastColdStartMs).toBe(state.coldStartMs);
  });

  it('are refused at once when too many wait already', async () => {
    const { begun, gate } = sleeper();
    const held = [gate.hold(), gate.hold(), gate.hold()];
    await expect(gate.hold()).rejects.toMatchObject({ code: 'predict.overloaded' });
    begun[0]!.come();
    await Promise.all(held);
  });

  it('are told to come back when it takes too long, and it comes all the same', async () => {
    const { begun, gate } = sleeper({ maxHeld: 3, maxHoldMs: 5 });
    await expect(gate.hold()).rejects.toMatchObject({ code: 'endpoint.waking', kind: 'unavailable' });
    const second = gate.hold();
    expect(begun).toHaveLength(1);
    begun[0]!.come();
    await second;
  });

  it('end at the deadline of their caller', async () => {
    const { gate } = sleeper();
    await expect(gate.hold(performance.now() + 5)).rejects.toMatchObject({ code: 'predict.too-late' });
  });

  it('fail with it, and the next one tries again', async () => {
    const { begun, gate } = sleeper();
    const calls = Promise.allSettled([gate.hold(), gate.hold()]);
    begun[0]!.fail(fail('bundle.invalid', { reason: 'gone' }));
    expect((await calls).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(gate.state()).toMatchObject({ held: 0, coldStarts: 0 });
    const again = gate.hold();
    begun[1]!.come();
    await again;
  });
});
