import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createOnnxRuntime } from '../../../adapters/onnx/index.ts';
import { randomTexts, textColumn, textFeatures } from '../../../testing/random-texts.ts';
import { referenceText } from '../../../testing/reference-text.ts';
import { compileEncoder, encodeFeatures, type TextFeature } from '../../prepare/index.ts';
import { newGraphBuilder } from './graph-builder.ts';
import { addTextFeatures } from './text-nodes.ts';

const runtime = createOnnxRuntime();

/** What a graph of these features alone says of the texts, feature by feature. */
async function byGraph(
  features: TextFeature[],
  texts: string[],
  missingWords: string[] = [],
): Promise<Float32Array[]> {
  const names = features.map((_, i) => `f${i}`);
  const graph = newGraphBuilder(['text', ...names]);
  graph.input('text', 'string', ['rows']);
  addTextFeatures(graph, features, 'text', missingWords).forEach((tensor, i) => {
    graph.node('Identity', [tensor], [], { output: names[i]! });
    graph.output(names[i]!, 'float');
  });
  const session = await runtime.load(graph.finish('texts', {}));
  const outputs = await session.run(new Map([['text', texts]]));
  await session.close();
  return names.map((name) => Float32Array.from(outputs.get(name) as ArrayLike<number>));
}

function encoded(features: TextFeature[], texts: string[]): Float32Array[] {
  return encodeFeatures({ features }, { rows: texts.length, columns: [textColumn(texts)] }).columns;
}

describe('the words of texts in the graph', () => {
  it('say what they say in training, to the bit, whatever the texts hold', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 30 }), async (seed, rows) => {
        const features = textFeatures(randomTexts(60, seed), seed);
        const texts = randomTexts(rows, seed + 1);
        expect(await byGraph(features, texts)).toEqual(encoded(features, texts));
      }),
      { numRuns: 30 },
    );
  });

  it('say nothing where the text is a missing-value word, with spaces of any kind around it', async () => {
    const features = textFeatures(randomTexts(60, 5), 5);
    const spaces = ['', ' ', '\t\n', '\u00a0', '\u2003\u3000', '\ufeff', '\v\f'];
    const words = ['NA', 'n/a', '<NA>', '?', '-', 'k. A.', '#N/A', '\\N', 'é|(b)'];
    const missing = spaces.flatMap((space) => ['', ...words].map((word) => `${space}${word}${space}`));
    const columns = await byGraph(features, missing, words);
    expect(columns.every((column) => column.every(Number.isNaN))).toBe(true);
    const texts = ['NA NA', 'na', 'n/a.', '--', 'red NA', 'k. A', '(b)'];
    expect(await byGraph(features, texts, words)).toEqual(encoded(features, texts));
  });

  it('say one row at a time, and by their definition, what they say in training, to the bit', () => {
    const features = textFeatures(randomTexts(60, 5), 5);
    const texts = randomTexts(200, 6);
    const columns = encoded(features, texts);
    const inputs = [{ name: 'text', type: 'string' as const, nullable: true }];
    const encode = compileEncoder({ inputs, features });
    texts.forEach((text, row) => {
      const values = features.map((spec) => referenceText(spec, text));
      expect([...encode([text])]).toEqual(values);
      expect(columns.map((column) => column[row])).toEqual(values);
    });
  });

  it('are cut off and passed over alike in texts of a megabyte', async () => {
    const features = textFeatures(['red green', 'red green blue', 'blue red'], 1);
    const texts = [
      'red '.repeat(250_000),
      `${'x'.repeat(1_000_000)} red`,
      `${' '.repeat(1998)}red green blue`,
      `${' '.repeat(1999)}red green blue`,
      `${'red,'.repeat(64)} blue`,
      `${'red,'.repeat(64)}x blue`,
      `${'😀'.repeat(256)} blue ${'😀'.repeat(257)}`,
      `${'é'.repeat(256)} ${'é'.repeat(257)} red`,
    ];
    expect(await byGraph(features, texts)).toEqual(encoded(features, texts));
  });

  it('are none in a text of separators, and missing in no text', async () => {
    const features = textFeatures(['red, green', 'red; green', 'red!'], 1);
    const found = await byGraph(features, ['', ' ', ',;!', 'red']);
    expect(found.map((values) => [...values].slice(0, 3))).toEqual(features.map(() => [Number.NaN, 0, 0]));
  });
});
