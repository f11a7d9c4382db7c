import { describe, expect, it } from 'vitest';
import type { PredictionBatch } from './model.ts';
import { readRecordLine, recordLine, recordsOf } from './record-line.ts';

const BATCH: PredictionBatch = {
  at: Date.UTC(2026, 0, 2, 3, 4, 5, 6),
  model: 'churn',
  version: 3,
  latencyUs: 87,
  ids: ['p_1', 'p_2'],
  rows: [{ age: 41, note: 'line\nbreak \u2028 \ud800' }, { age: null }],
  predictions: [
    { value: 'Yes', score: 0.7, probabilities: { No: 0.3, Yes: 0.7 } },
    { value: 'No', score: 0.2, probabilities: { No: 0.8, Yes: 0.2 } },
  ],
  bytes: 100,
};

describe('lines of the prediction log', () => {
  it('come back as the records they were made of', () => {
    const records = recordsOf(BATCH);
    expect(records[1]).toEqual({
      id: 'p_2',
      ts: '2026-01-02T03:04:05.006Z',
      model: 'churn',
      version: 3,
      row: { age: null },
      value: 'No',
      score: 0.2,
      probabilities: { No: 0.8, Yes: 0.2 },
      latencyUs: 87,
    });
    const lines = records.map(recordLine);
    expect(lines.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true);
    expect(lines.map((line) => readRecordLine(line))).toEqual(records);
  });

  it('are none when torn anywhere', () => {
    const line = recordLine(recordsOf(BATCH)[0]!).trimEnd();
    for (let length = 0; length < line.length; length++) {
      expect(readRecordLine(line.slice(0, length))).toBeUndefined();
    }
  });

  it.each(['null', '[]', '5', '{}', '{"id":"p_1"}'])('are none when they are %s', (line) => {
    expect(readRecordLine(line)).toBeUndefined();
  });
});
