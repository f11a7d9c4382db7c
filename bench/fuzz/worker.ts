import { parentPort, workerData } from 'node:worker_threads';
import type { GuidedRun } from './guided-run.ts';
import { countHits } from './hits.ts';

/** What the thread is told. `current` holds the input being tried: how many were, its length, its bytes. */
export type FuzzOrder = {
  target: string;
  seconds: number;
  seed: number;
  places: number;
  kept: Uint8Array[];
  current: SharedArrayBuffer;
};
export type FuzzResult = GuidedRun;

const { target: name, seconds, seed, places, kept, current } = workerData as FuzzOrder;
const hits = countHits(places);
const [counters, bytes] = [new Int32Array(current, 0, 2), new Uint8Array(current, 8)];

// What counts its places is loaded after what it counts with.
const { PARSER_TARGETS } = await import('../../tests/hardening/parsers/targets/index.ts');
const { guidedRun } = await import('./guided-run.ts');

const target = PARSER_TARGETS.find((each) => each.name === name);
if (target === undefined) throw new Error(`no parser ${name}`);
const run = await guidedRun(target, {
  seconds,
  seed,
  hits,
  kept: kept.map((each) => Buffer.from(each)),
  onInput(input) {
    bytes.set(input.subarray(0, bytes.length));
    counters[1] = Math.min(input.length, bytes.length);
    counters[0]!++;
  },
});
parentPort?.postMessage(run satisfies FuzzResult);
