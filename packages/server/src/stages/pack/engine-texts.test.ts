import { expect, test } from 'vitest';
import { textFeatures } from '../../testing/random-texts.ts';
import type { FeatureSpec, Preparation } from '../prepare/index.ts';
import { decodeEngineFile, encodeEngineFile } from './engine-file.ts';

test('text features come back as they were, with one vocabulary for each column', () => {
  const spaces = textFeatures(['red green', 'green blue red'], 1, 'a');
  const letters = textFeatures(['größer, Über', 'über; größer'], 2, 'b');
  const features: FeatureSpec[] = [...spaces, { kind: 'number', name: 'x', column: 'x' }, ...letters];
  const preparation: Preparation = {
    task: 'regression',
    target: 'y',
    classes: [],
    inputs: [],
    features,
    dropped: [],
    leakage: [],
  };
  const model = { link: 'identity' as const, outputs: 1, base: [0], trees: [], linear: [], parts: [] };
  const bytes = encodeEngineFile({ format: 3, preparation, model, decision: { threshold: 0.5 } });
  const back = decodeEngineFile(bytes).preparation.features;
  expect(back).toEqual(features);
  const texts = back.filter((spec) => spec.kind === 'text');
  expect(new Set(texts.map(({ vocabulary }) => vocabulary)).size).toBe(2);
});
