import type { Projection } from '../../train/index.ts';
import { warningsText } from '../answer-text.ts';
import type { AnswerText, Prediction } from '../model.ts';

/** Writes a forecast as JSON: its value, the widest interval, and those of all levels. */
export const forecastAnswerText: AnswerText = ({ value, time, interval, intervals, warnings }) => {
  const named = time === undefined ? '' : `,"time":${JSON.stringify(time)}`;
  const text = `"value":${JSON.stringify(value)}${named}`;
  const told =
    interval === undefined
      ? text
      : `${text},"interval":${JSON.stringify(interval)},"intervals":${JSON.stringify(intervals)}`;
  return told + warningsText(warnings);
};

/** Values and intervals by step as predictions; the widest interval stands for all. */
export function asPredictions(values: Float64Array, intervals: Projection['intervals']): Prediction[] {
  return Array.from(values, (value, k) => {
    const levels = intervals.map(({ level, lower, upper }) => ({
      lower: lower[k]!,
      upper: upper[k]!,
      level,
    }));
    const interval = levels.at(-1);
    return { value, score: value, ...(interval === undefined ? {} : { interval, intervals: levels }) };
  });
}
