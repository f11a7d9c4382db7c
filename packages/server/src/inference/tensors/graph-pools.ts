import type { TensorManifest } from '../../stages/pack/index.ts';
import type { Engine, TensorRun } from '../../stages/serve/index.ts';
import { bytesOfTensors, declaredOutputBytes, type SeenOutputs } from '../answers/output-bytes.ts';
import type { EngineLife } from '../scaling/engine-life.ts';
import type { ModelPool } from './model-pool.ts';

/** An imported model of a graph, with the processes that run it. */
export type GraphPool = {
  bundleId: string;
  manifest: TensorManifest;
  pool: ModelPool;
  /** What its outputs took so far. */
  seen: SeenOutputs;
  /** Nodes of the graph that it answers. */
  nodes: number;
};

/** Runs the tensors in the processes of a model. */
export function poolRun({ pool, seen }: Pick<GraphPool, 'pool' | 'seen'>): TensorRun {
  return async (inputs, { deadlineAt, shared, maxOutputBytes }) => {
    const { outputs } = await pool.run(inputs, {
      ...{ deadlineAt, shared },
      ...(maxOutputBytes !== undefined && { maxOutputBytes }),
    });
    seen.saw(bytesOfTensors(outputs), inputs[0]?.shape[0] ?? 1);
    return outputs;
  };
}

/** Bytes of the outputs of all imported models for so many rows, at worst. */
export function outputBytesOf(pools: readonly GraphPool[], rows: number): number {
  return pools.reduce((sum, { manifest, seen, nodes }) => {
    const each = declaredOutputBytes(manifest, shapesOf(manifest, rows)) ?? seen.expect(rows);
    return sum + nodes * each;
  }, 0);
}

function shapesOf({ inputs, golden }: TensorManifest, rows: number) {
  return inputs.map(({ name, shape }) => {
    const seen = golden.inputs.find((tensor) => tensor.name === name)?.shape ?? [];
    const sizes = (shape ?? []).map((axis, i) => (typeof axis === 'number' ? axis : (seen[i] ?? 1)));
    return { name, shape: [rows, ...sizes.slice(1)] };
  });
}

/**
 * The life of a graph with imported models: its own part stays in memory, and the models' processes come and go together: a worker of
 * the graph is a process of each of them.
 */
export function graphLife(
  engine: Engine,
  pools: readonly ModelPool[],
): EngineLife & { close(): Promise<void> } {
  let underWay = 0;
  let whenIdle: (() => void) | undefined;
  const sum = (what: (pool: ModelPool) => number) => pools.reduce((total, pool) => total + what(pool), 0);
  const most = (what: (pool: ModelPool) => number) => Math.max(...pools.map(what));
  return {
    isInline: false,
    engine,
    awake: () => undefined,
    begin() {
      underWay++;
    },
    end() {
      underWay--;
      if (underWay === 0) whenIdle?.();
    },
    seen(now, stableMs) {
      const each = pools.map((pool) => pool.seen(now, stableMs));
      return {
        stable: Math.max(...each.map(({ stable }) => stable)),
        panic: Math.max(...each.map(({ panic }) => panic)),
        workers: Math.max(...each.map(({ workers }) => workers)),
        idleForMs: Math.min(...each.map(({ idleForMs }) => idleForMs)),
      };
    },
    bytesEach: () => sum((pool) => pool.bytesEach()),
    resize(workers) {
      for (const pool of pools) pool.resize(workers);
    },
    state() {
      const states = pools.map((pool) => pool.state());
      const known = states.every(({ bytes }) => bytes !== undefined);
      const isZero = states.every(({ zeroSince }) => zeroSince !== undefined);
      const total = (what: (state: (typeof states)[number]) => number) =>
        states.reduce((all, state) => all + what(state), 0);
      return {
        workers: most((pool) => pool.state().workers),
        busy: most((pool) => pool.state().busy),
        bytes: known ? total(({ bytes }) => bytes!) : undefined,
        zeroSince: isZero ? Math.max(...states.map(({ zeroSince }) => zeroSince!)) : undefined,
        deaths: total(({ deaths }) => deaths),
        isResting: states.some(({ isResting }) => isResting),
        held: total(({ held }) => held),
        coldStarts: total(({ coldStarts }) => coldStarts),
        coldStartMs: total(({ coldStartMs }) => coldStartMs),
        lastColdStartMs: states
          .map(({ lastColdStartMs }) => lastColdStartMs)
          .findLast((ms) => ms !== undefined),
      };
    },
    async close() {
      // A request may be between two models of the graph, when neither of them knows of it.
      if (underWay > 0)
        await new Promise<void>((resolve) => {
          whenIdle = resolve;
        });
      await Promise.all(pools.map((pool) => pool.close()));
    },
  };
}
