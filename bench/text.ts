/**
 * Free text: `trainModel` on one text column against scikit-learn's TfidfVectorizer and LogisticRegression (strength by
 * 3-fold cross-validation), on the same rows held out. The texts are the first paragraphs of docstrings of Python packages,
 * the class is the package each is of.
 *
 * Run: npm run build && npm run bench -- text --python PYTHON [--seconds 60] [--rows 8000]
 *
 * PYTHON needs what tests/requirements.txt names, whose docstrings these are. Prints one JSON line for each side.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { threadTrials } from '../packages/server/src/adapters/threads/index.ts';
import { seededRandom, shuffle, systemClock } from '../packages/server/src/kernel/index.ts';
import { type Column, type Table, takeRows } from '../packages/server/src/stages/ingest/index.ts';
import {
  compileFlat,
  dropUnusedFeatures,
  predictFlat,
} from '../packages/server/src/stages/optimize/index.ts';
import {
  compileEncoder,
  encodeFeatures,
  encodeTarget,
  fitPreparation,
} from '../packages/server/src/stages/prepare/index.ts';
import { measure, predictAdditive, textsOf, trainModel } from '../packages/server/src/stages/train/index.ts';

const { values: options } = parseArgs({
  options: {
    python: { type: 'string' },
    seconds: { type: 'string', default: '60' },
    rows: { type: 'string', default: '8000' },
    threads: { type: 'string', default: 'dist/trial-thread.js' },
  },
});
if (options.python === undefined) throw new Error('--python PYTHON: the texts are of its packages');
const python = options.python;

type Row = { text: string; package: string };

const folder = mkdtempSync(join(tmpdir(), 'slipway-texts-'));
try {
  const rows = drawn(JSON.parse(asked('rows', join(folder, 'rows.json'))) as Row[]);
  const holdout = rows.map((_, i) => i % 4 === 0);
  console.log(JSON.stringify({ rows: rows.length, heldOut: holdout.filter(Boolean).length }));
  console.log(JSON.stringify({ system: 'slipway', ...(await ours(rows, holdout)) }));
  const given = { texts: rows.map(({ text }) => text), labels: rows.map((row) => row.package), holdout };
  const file = join(folder, 'given.json');
  writeFileSync(file, JSON.stringify(given));
  console.log(JSON.stringify({ system: 'scikit-learn', ...JSON.parse(told('fit', file)) }));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** What the other side printed. */
function told(what: string, file: string): string {
  return execFileSync(python, [resolve('bench/text.py'), what, file], { encoding: 'utf8' });
}

function asked(what: string, file: string): string {
  told(what, file);
  return readFileSync(file, 'utf8');
}

function drawn(rows: Row[]): Row[] {
  const order = shuffle(
    Int32Array.from({ length: rows.length }, (_, i) => i),
    seededRandom(1),
  );
  return Array.from(order.subarray(0, Number(options.rows)), (i) => rows[i]!);
}

function columnOf(name: string, values: readonly string[]): Column {
  const dictionary = [...new Set(values)];
  const codes = new Map(dictionary.map((value, code) => [value, code]));
  return { name, type: 'string', codes: Int32Array.from(values, (value) => codes.get(value)!), dictionary };
}

async function ours(rows: readonly Row[], holdout: readonly boolean[]) {
  const table: Table = {
    rows: rows.length,
    columns: [
      columnOf(
        'text',
        rows.map(({ text }) => text),
      ),
      columnOf(
        'package',
        rows.map((row) => row.package),
      ),
    ],
  };
  const schema = {
    columns: [
      { name: 'text', type: 'string' as const, role: 'text' as const, nullable: false },
      { name: 'package', type: 'string' as const, role: 'categorical' as const, nullable: false },
    ],
  };
  const all = Int32Array.from(rows.keys());
  const trainRows = all.filter((row) => !holdout[row]);
  const task = 'multiclass' as const;
  const began = systemClock.monotonic();
  const preparation = fitPreparation(table, schema, { target: 'package', task, trainRows });
  const train = takeRows(table, trainRows);
  const data = {
    task,
    classes: preparation.classes.length,
    features: encodeFeatures(preparation, train),
    target: encodeTarget(preparation, train),
    ...textsOf(preparation, train),
  };
  const trained = await trainModel(
    { data, budgetSeconds: Number(options.seconds), seed: 1 },
    { openTrials: threadTrials({ entry: resolve(options.threads), concurrency: 2 }), clock: systemClock },
  );
  const seconds = (systemClock.monotonic() - began) / 1000;
  const complete = { ...preparation, features: [...preparation.features, ...trained.texts] };
  const packed = dropUnusedFeatures(complete, trained.model);
  const held = all.filter((row) => holdout[row]!);
  const found = measure(
    task,
    encodeTarget(preparation, table, held),
    predictAdditive(packed.model, encodeFeatures(packed.preparation, table, held)),
  );
  return {
    logLoss: found['log-loss'],
    accuracy: found.accuracy,
    seconds,
    microsecondsOneRow: oneRow(
      packed,
      Array.from(held, (row) => rows[row]!.text),
    ),
    learner: trained.label,
    leaderboard: trained.leaderboard.slice(0, 6).map(({ label, metric }) => [label, metric.mean]),
  };
}

/** Mean over texts, from the raw value to probabilities. */
function oneRow(
  { preparation, model }: ReturnType<typeof dropUnusedFeatures>,
  texts: readonly string[],
): number {
  const encode = compileEncoder(preparation);
  const flat = compileFlat(model);
  const features = new Float32Array(preparation.features.length);
  const out = new Float64Array(flat.outputs);
  const pass = () => {
    const start = performance.now();
    for (const text of texts) predictFlat(flat, encode([text], features), out);
    return ((performance.now() - start) * 1000) / texts.length;
  };
  return Math.min(pass(), pass(), pass());
}
