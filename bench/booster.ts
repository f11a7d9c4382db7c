/**
 * Boosted trees against LightGBM (and XGBoost and scikit-learn): the same rows, rounds, leaves, bins and learning rate.
 *
 * Run:
 *   npm run bench -- booster --python PYTHON [--rows 10000,100000] [--columns 10,28] [--threads 1,2] [--repeat 3]
 *       [--peers lightgbm,xgboost,sklearn] [--table FILE.csv:TARGET] [--rounds 100] [--leaves 31] [--warm 1]
 *
 * PYTHON needs lightgbm, numpy and scikit-learn (and xgboost for that peer); without it our own figures stand alone.
 * `--table` resamples the rows of a CSV file of numbers, with a 0/1 target, instead of drawing synthetic ones.
 *
 * Every side runs in a process of its own, which with `--warm N` has binned and trained N times before what is measured, and is given float32 columns in a file; sides take turns, `--repeat` times.
 * One JSON line a case and side, the fastest of the repetitions: seconds to bin and to train, peak memory of the process
 * in MiB, log loss on held-out rows, and, for us, our seconds and memory over the peer's.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { isMainThread, workerData } from 'node:worker_threads';
import type { Asked, Outcome } from './booster/case.ts';
import { helpOurs, runOurs } from './booster/our-side.ts';
import { writeSample } from './booster/sample.ts';

const { values: options } = parseArgs({
  options: {
    python: { type: 'string' },
    rows: { type: 'string', default: '10000,100000' },
    columns: { type: 'string', default: '10,28' },
    threads: { type: 'string', default: '1,2' },
    repeat: { type: 'string', default: '3' },
    peers: { type: 'string', default: 'lightgbm' },
    table: { type: 'string' },
    rounds: { type: 'string', default: '100' },
    leaves: { type: 'string', default: '31' },
    warm: { type: 'string', default: '0' },
    ours: { type: 'string' },
  },
});

/** Our side is this program again, started anew for each measurement with `--ours CASE`; and again as its helping threads. */
if (!isMainThread) helpOurs(workerData);
else if (options.ours !== undefined)
  console.log(JSON.stringify(await runOurs(JSON.parse(options.ours) as Asked, import.meta.url)));
else await compareAll();

async function compareAll(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'booster-'));
  try {
    for (const rows of numbers(options.rows)) {
      for (const columns of options.table ? [0] : numbers(options.columns)) {
        const data = join(folder, `${rows}x${columns}`);
        mkdirSync(data);
        writeSample(data, { rows, columns, table: options.table });
        for (const threads of numbers(options.threads)) compare(data, threads);
        rmSync(data, { recursive: true });
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function numbers(list: string): number[] {
  return list.split(',').map(Number);
}

function compare(data: string, threads: number): void {
  const asked: Asked = {
    data,
    threads,
    rounds: Number(options.rounds),
    leaves: Number(options.leaves),
    learningRate: 0.1,
    bins: 255,
    minRowsInLeaf: 20,
    l2: 0,
    warm: Number(options.warm),
  };
  const peers = options.python ? options.peers.split(',') : [];
  const sides: Record<string, () => Outcome> = {
    slipway: () => measureOurs(asked),
    ...Object.fromEntries(peers.map((peer) => [peer, () => measureTheirs(peer, asked)])),
  };
  const best: Record<string, Outcome> = {};
  for (let turn = 0; turn < Number(options.repeat); turn++) {
    for (const [side, run] of Object.entries(sides)) {
      const outcome = run();
      const former = best[side];
      best[side] = former ? fastest(former, outcome) : outcome;
    }
  }
  const ours = best.slipway!;
  const about = { case: data.split('/').at(-1), threads, warm: asked.warm };
  print({ ...about, side: 'slipway', ...ours });
  for (const peer of peers) {
    const theirs = best[peer]!;
    print({
      ...about,
      side: peer,
      ...theirs,
      oursToTheirs: {
        train: ours.trainSeconds / theirs.trainSeconds,
        cpu: ours.trainCpuSeconds / theirs.trainCpuSeconds,
        all: (ours.trainSeconds + ours.binSeconds) / (theirs.trainSeconds + theirs.binSeconds),
        peak: ours.peakMebibytes / theirs.peakMebibytes,
        loss: ours.loss / theirs.loss,
      },
    });
  }
}

/** The least of each figure: other work on the machine only ever adds. */
function fastest(a: Outcome, b: Outcome): Outcome {
  return {
    ...b,
    binSeconds: Math.min(a.binSeconds, b.binSeconds),
    trainSeconds: Math.min(a.trainSeconds, b.trainSeconds),
    trainCpuSeconds: Math.min(a.trainCpuSeconds, b.trainCpuSeconds),
    peakMebibytes: Math.max(a.peakMebibytes, b.peakMebibytes),
  };
}

function measureOurs(asked: Asked): Outcome {
  const args = ['--expose-gc', resolve('scripts/bench.mjs'), 'booster', '--ours', JSON.stringify(asked)];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
}

function measureTheirs(peer: string, asked: Asked): Outcome {
  // Passive waiting is the kinder to peers: on a busy machine threads that spin while they wait take minutes.
  const env = { ...process.env, OMP_NUM_THREADS: String(asked.threads), OMP_WAIT_POLICY: 'PASSIVE' };
  const args = [resolve('bench/booster.py'), peer, JSON.stringify(asked)];
  return JSON.parse(execFileSync(options.python!, args, { encoding: 'utf8', env }));
}

function print(line: object): void {
  console.log(
    JSON.stringify(line, (_, value) => (typeof value === 'number' ? Number(value.toPrecision(5)) : value)),
  );
}
