import { describe, expect, it } from 'vitest';
import { createOnnxRuntime } from '../../adapters/onnx/index.ts';
import { packRequest } from '../../testing/packing.builder.ts';
import { predictAdditive } from '../train/index.ts';
import { answerOf } from './answer.ts';
import { checkParity } from './check-parity.ts';
import { decodeEngineFile, encodeEngineFile } from './engine-file.ts';
import { buildGolden } from './golden.ts';
import { buildOnnx } from './onnx/build-onnx.ts';
import { buildReferenceProfile } from './profile/build-reference-profile.ts';

/** Answering the second class is cheap, and missing the third dear. */
const COSTS = [
  [0, 1, 2],
  [2, 0, 2],
  [2.5, 2.25, 0],
];
const byCosts = { threshold: 0.5, costMatrix: COSTS };
const request = packRequest('multiclass');
const { preparation, model } = request;
const { table, features } = request.holdout;
const predictions = predictAdditive(model, features);
const answersBy = (decision: typeof request.decision) =>
  Array.from({ length: table.rows }, (_, row) => answerOf(preparation, decision, predictions, row).value);

describe('several classes that costs decide among', () => {
  it('are answered alike by the exported graph, row by row, and otherwise than without costs', async () => {
    const subject = { preparation, model, decision: byCosts, table, features };
    const parity = await checkParity(subject, createOnnxRuntime());
    expect(parity.rows).toBe(table.rows);
    const [own, probable] = [answersBy(byCosts), answersBy({ threshold: 0.5 })];
    expect(own.filter((answer, row) => answer !== probable[row]).length).toBeGreaterThan(10);
    expect(new Set(own).size).toBeGreaterThan(1);
  });

  it.each([undefined, COSTS.map((row) => row.toReversed()).toReversed()])(
    'are found where the graph decides by other costs (%j)',
    async (costMatrix) => {
      const other = buildOnnx(preparation, model, { threshold: 0.5, ...(costMatrix && { costMatrix }) });
      const subject = { preparation, model, decision: byCosts, table, features, onnx: other };
      await expect(checkParity(subject, createOnnxRuntime())).rejects.toMatchObject({
        code: 'parity.broken',
      });
    },
  );

  it('are the golden answers, and the reference of monitoring has their shares and probabilities', () => {
    const golden = buildGolden({ preparation, model, decision: byCosts, table, features });
    const own = answersBy(byCosts);
    expect(new Set(golden.predictions.map(({ value }) => value))).toEqual(new Set(own));
    const profile = buildReferenceProfile({
      ...{ preparation, decision: byCosts, table, scores: predictions, importance: {} },
    });
    for (const [name, share] of Object.entries(profile.classShares!))
      expect(share).toBeCloseTo(own.filter((answer) => answer === name).length / own.length, 12);
    const shares = Array.from({ length: table.rows }, (_, row) => {
      const { value, probabilities } = answerOf(preparation, byCosts, predictions, row);
      return probabilities![value]!;
    });
    expect(profile.score.mean).toBeCloseTo(shares.reduce((sum, share) => sum + share, 0) / shares.length, 12);
    expect(Math.min(...shares)).toBeLessThan(1 / 3);
  });

  it('come back from the file as they were', () => {
    const file = { format: 5 as const, preparation, model, decision: byCosts };
    expect(decodeEngineFile(encodeEngineFile(file))).toMatchObject({ format: 5, decision: byCosts });
  });
});
