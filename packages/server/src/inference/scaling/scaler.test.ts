import { afterEach, describe, expect, it } from 'vitest';
import type { ScalingRule } from './decide-workers.ts';
import type { ScaledModel } from './scaled-model.ts';
import { type Scaler, scaler } from './scaler.ts';

const RULE: ScalingRule = { min: 1, max: 8, targetConcurrency: 1, idleMs: 10_000 };
const TIMES = { stableMs: 30_000, downDelayMs: 0 };
const NEVER_BY_ITSELF_MS = 1_000_000;
const MIB = 1024 * 1024;

/** A model of so much load, and what it was given. */
function model(load: number, { isInline = false, idleForMs = 0 } = {}) {
  const one = {
    isInline,
    workers: 1,
    load,
    seen: () => ({ stable: one.load, panic: one.load, workers: one.workers, idleForMs }),
    bytesEach: () => 100 * MIB,
    resize(workers: number) {
      one.workers = workers;
    },
    state: () => ({}) as ReturnType<ScaledModel['state']>,
  };
  return one;
}

/** Nothing in these tests fails unless it is said. */
function fault(error: unknown): void {
  throw error;
}

let running: Scaler | undefined;
afterEach(() => running?.stop());

function look(
  models: Record<string, ScaledModel>,
  budget = { workers: 4, bytes: 10_000 * MIB },
  rule = RULE,
  onError: (error: unknown) => void = fault,
) {
  running = scaler(budget, TIMES, { everyMs: NEVER_BY_ITSELF_MS, onError });
  running.follow(Object.entries(models).map(([name, each]) => ({ name, model: each, rule })));
  running.look(1000);
  return running;
}

describe('the models of one machine', () => {
  it('share its workers, and each tells what it would want', () => {
    const [busy, also] = [model(6), model(3)];
    const scaled = look({ busy, also });
    expect([busy.workers, also.workers]).toEqual([2, 2]);
    expect([scaled.wanted(busy), scaled.wanted(also)]).toEqual([6, 3]);
  });

  it('that are evaluated inline take none of the workers', () => {
    const [trees, network] = [model(1, { isInline: true }), model(6)];
    look({ trees, network });
    expect([trees.workers, network.workers]).toEqual([1, 4]);
  });

  it('go early when memory is short, if they may and nobody calls them', () => {
    const [idle, busy] = [model(0, { idleForMs: 500 }), model(1)];
    look({ idle, busy }, { workers: 4, bytes: 150 * MIB }, { ...RULE, min: 0 });
    expect([idle.workers, busy.workers]).toEqual([0, 1]);
  });

  it('are resized although one of them fails, which is reported', () => {
    const [busy, also] = [model(6), model(3)];
    const broken = {
      ...model(1),
      resize: () => {
        throw new Error('no');
      },
    };
    const errors: unknown[] = [];
    look({ busy, broken, also }, undefined, undefined, (error) => errors.push(error));
    expect(errors).toEqual([new Error('no')]);
    expect(busy.workers + also.workers).toBeGreaterThanOrEqual(3);
  });

  it('keep what is remembered of them when the table changes', () => {
    const burst = model(8);
    const scaled = look({ burst });
    burst.load = 0;
    scaled.follow([{ name: 'burst', model: burst, rule: RULE }]);
    scaled.look(2000);
    expect(burst.workers).toBe(4);
  });
});
