import { describe, expect, it } from 'vitest';
import { compileAnswerText } from './answer-text.ts';
import type { Prediction, PredictionBatch } from './model.ts';
import { lineWriter, readRecordLine } from './record-line.ts';

const PREDICTIONS: Prediction[] = [
  { value: 'Yes "sir"', score: 0.7, probabilities: { No: 0.3, 'Yes "sir"': 0.7 } },
  { value: 'No', score: 0.2, probabilities: { No: 0.8, 'Yes "sir"': 0.2 } },
];
const ROWS = [{ age: 41, note: 'line\nbreak \u2028 \ud800' }, { age: null }];

const BATCH: PredictionBatch = {
  at: Date.UTC(2026, 0, 2, 3, 4, 5, 6),
  model: 'churn',
  version: 3,
  latencyUs: 87,
  ids: ['p_1', 'p_2'],
  rowTexts: ROWS.map((row) => JSON.stringify(row)),
  answerTexts: PREDICTIONS.map(compileAnswerText(['No', 'Yes "sir"'])),
  scores: PREDICTIONS.map((prediction) => prediction.score),
};

describe('lines of the prediction log', () => {
  it('name the versions that took part, where an inference graph answered', () => {
    const took = [['a@1', 'b@2'], undefined];
    const lines = ROWS.map((_, i) => lineWriter()({ ...BATCH, took }, i));
    expect(lines.map((line) => readRecordLine(line)?.took)).toEqual(took);
  });

  it('come back as the records they were made of', () => {
    const write = lineWriter();
    const lines = ROWS.map((_, i) => write(BATCH, i));
    expect(lines.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true);
    expect(lines.map((line) => readRecordLine(line))).toEqual(
      ROWS.map((row, i) => ({
        id: BATCH.ids[i],
        ts: '2026-01-02T03:04:05.006Z',
        model: 'churn',
        version: 3,
        latencyUs: 87,
        row,
        ...PREDICTIONS[i]!,
      })),
    );
  });

  it('have null for numbers that JSON has not', () => {
    const answerText = compileAnswerText([]);
    const odd = {
      ...BATCH,
      answerTexts: [answerText({ value: Infinity, score: Infinity })],
      scores: [Infinity],
    };
    expect(readRecordLine(lineWriter()(odd, 0))).toMatchObject({ value: null, score: null });
  });

  it('are none when torn anywhere', () => {
    const line = lineWriter()(BATCH, 0).trimEnd();
    for (let length = 0; length < line.length; length++) {
      expect(readRecordLine(line.slice(0, length))).toBeUndefined();
    }
  });

  it.each(['null', '[]', '5', '{}', '{"id":"p_1"}'])('are none when they are %s', (line) => {
    expect(readRecordLine(line)).toBeUndefined();
  });
});

describe('the text of an answer', () => {
  it.each(PREDICTIONS)('is what JSON.stringify would write', ({ value, score, probabilities }) => {
    const text = compileAnswerText(['No', 'Yes "sir"'])({ value, score, probabilities });
    expect(JSON.parse(`{${text}}`)).toEqual({ value, probabilities });
  });
});
