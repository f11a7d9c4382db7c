import { expect, it } from 'vitest';
import { isoTime } from '../../kernel/index.ts';
import { textColumn, textFeatures } from '../../testing/random-texts.ts';
import { buildReferenceProfile } from '../pack/index.ts';
import { compareWindow } from './compare-window.ts';
import { windowProfiler } from './window-profile.ts';

const ROWS = 400;
const NOUNS = ['printer', 'screen', 'cable', 'battery', 'keyboard'];
const noise = (i: number) => Math.abs(Math.sin(i * 12.9898) * 43_758.5453) % 1;

/** A text that nobody wrote before, of four to nine words that training knows. */
function fresh(i: number): string {
  const words = Array.from(
    { length: 3 + Math.floor(6 * noise(i)) },
    (_, k) => NOUNS[Math.floor(5 * noise(i + k))]!,
  );
  return `The ${words.join(', ')} ${i}!`;
}

const texts = Array.from({ length: ROWS }, (_, i) => fresh(i));
const reference = buildReferenceProfile({
  preparation: {
    task: 'regression',
    target: 'y',
    classes: [],
    inputs: [{ name: 'text', type: 'string', nullable: true }],
    features: textFeatures(texts, 1),
    dropped: [],
    leakage: [],
  },
  decision: { threshold: 0.5 },
  table: { rows: ROWS, columns: [textColumn(texts)] },
  scores: { rows: ROWS, outputs: 1, values: Float64Array.from(texts, (_, i) => noise(i)) },
  importance: { text: 1 },
});

function driftOf(traffic: (string | null)[]) {
  const profiler = windowProfiler(reference);
  traffic.forEach((text, i) => {
    profiler.add({
      id: `p_${i}`,
      ts: isoTime(1000 + i),
      version: 1,
      row: { text },
      value: 1,
      score: noise(i),
    });
  });
  return compareWindow(reference, profiler.profile()).columns[0]!;
}

it('texts that are new, as all are, do not drift while their words are known', () => {
  expect(driftOf(texts.map((_, i) => fresh(i + 10_000)))).toMatchObject({ name: 'text', drifted: false });
});

it('texts of another language, shorter ones and missing ones drift', () => {
  expect(driftOf(texts.map((_, i) => `Der Drucker ${i} druckt nicht, gar nicht, nie`)).drifted).toBe(true);
  expect(driftOf(texts.map(() => 'The printer')).drifted).toBe(true);
  expect(driftOf(texts.map((text, i) => (i % 2 === 0 ? null : text))).drifted).toBe(true);
});

it('the reference holds words, no texts', () => {
  expect(JSON.stringify(reference)).not.toContain(texts[7]);
  expect(reference.columns[0]).toMatchObject({ type: 'string', missing: 0 });
});
