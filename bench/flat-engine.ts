/**
 * The flat engine against a plain walk of the same trees, and against ONNX Runtime on the graph of the same model, one
 * thread each. Run: `npm run bench -- flat-engine`
 *
 * Prints one JSON line per case: microseconds a row, the median of the rounds.
 */
import { createOnnxRuntime } from '../packages/server/src/adapters/onnx/index.ts';
import { compileFlat, scoreFlat, scoreFlatRows } from '../packages/server/src/stages/optimize/index.ts';
import { buildOnnx, tensorColumns } from '../packages/server/src/stages/pack/index.ts';
import { referenceMatrix } from '../packages/server/src/testing/packing.builder.ts';
import { randomModel } from '../packages/server/src/testing/random-model.ts';
import {
  levelsOf,
  type RandomColumnKind,
  randomPreparation,
  randomTable,
} from '../packages/server/src/testing/random-table.ts';
import { referenceScores } from '../packages/server/src/testing/reference-scores.ts';

const ROWS = 10_000;
const ROUNDS = 7;

type Case = { says: string; numbers: number; strings: number; trees: number; depth: number };

const CASES: Case[] = [
  { says: '30 numeric columns', numbers: 30, strings: 0, trees: 100, depth: 6 },
  { says: '20 numeric and 10 categorical columns', numbers: 20, strings: 10, trees: 100, depth: 6 },
  { says: '30 numeric columns', numbers: 30, strings: 0, trees: 500, depth: 8 },
];

for (const { says, numbers, strings, trees, depth } of CASES) {
  const kinds = [...fill('number', numbers), ...fill('string', strings)];
  const preparation = randomPreparation(kinds, 'binary', ['no', 'yes']);
  const shape = { seed: 1, levels: levelsOf(preparation), trees, depth, outputs: 1, linearTerms: false };
  const model = randomModel({ ...shape, link: 'logistic' });
  const flat = compileFlat(model);
  const table = randomTable(preparation, ROWS, 2);
  const features = referenceMatrix(preparation, table);
  const rows = Array.from({ length: ROWS }, (_, row) =>
    Float32Array.from(features.columns, (column) => column[row]!),
  );
  const onnx = buildOnnx(preparation, model, { threshold: 0.5 });
  const session = await createOnnxRuntime().load(onnx);
  const names = { inputs: session.inputs.map(({ name }) => name), value: '', probabilities: [] };
  const all = tensorColumns(preparation, names, table);
  const single = Array.from({ length: 200 }, (_, row) =>
    tensorColumns(preparation, names, table, row, row + 1),
  );
  const out = new Float64Array(1);
  const scores = new Float64Array(ROWS);
  const microsecondsARow = {
    plainWalk: await median(ROWS, () => {
      for (const row of rows) referenceScores(model, row);
    }),
    flatRowByRow: await median(ROWS, () => {
      for (const row of rows) scoreFlat(flat, row, out);
    }),
    flatBatch: await median(ROWS, () => scoreFlatRows(flat, features, scores)),
    onnxRowByRow: await median(single.length, async () => {
      for (const row of single) await session.run(row);
    }),
    onnxBatch: await median(ROWS, () => session.run(all)),
  };
  await session.close();
  console.log(
    JSON.stringify({ says, trees, depth, flatBytes: flat.bytes, onnxBytes: onnx.length, microsecondsARow }),
  );
}

async function median(rows: number, pass: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    await pass();
    times.push(((performance.now() - start) * 1000) / rows);
  }
  return Number(times.sort((a, b) => a - b)[ROUNDS >> 1]!.toFixed(2));
}

function fill(kind: RandomColumnKind, count: number): RandomColumnKind[] {
  return new Array<RandomColumnKind>(count).fill(kind);
}
