import { textOfTime } from '../frequency/calendar.ts';
import { describeFrequency } from '../frequency/describe-frequency.ts';
import { isWithinDay, timeOf } from '../frequency/steps.ts';
import type { Frequency, Series } from '../model.ts';

/** What the columns are called. */
type Names = { timeColumn: string; target: string };

export function stepSentences(
  rows: Names,
  frequency: Frequency,
  series: readonly Series[],
  irregular: boolean,
): string[] {
  const name = (step: number) => timeText(frequency, step);
  const first = series.reduce((least, one) => Math.min(least, one.start), Number.POSITIVE_INFINITY);
  const last = series.reduce(
    (most, one) => Math.max(most, one.start + one.values.length - 1),
    Number.NEGATIVE_INFINITY,
  );
  const count = series.length === 1 ? 'One series' : `${series.length.toLocaleString('en')} series`;
  const where = `${count} of ${rows.target}, ${describeFrequency(frequency)}, from ${name(first)} to ${name(last)}.`;
  const { kind } = frequency;
  const onDay =
    kind === 'month' && typeof frequency.day === 'string'
      ? [
          `Dates of ${rows.timeColumn} are the ${frequency.day.replaceAll('-', ' ')} of their ${frequency.months === 3 ? 'quarter' : 'month'}.`,
        ]
      : [];
  return irregular
    ? [
        where,
        `The times of ${rows.timeColumn} follow no step and were gathered ${describeFrequency(frequency)}.`,
      ]
    : [where, ...onDay];
}

/** A step as people read it. */
export function timeText(frequency: Frequency, step: number): string {
  const time = timeOf(frequency, step);
  if (frequency.kind === 'fixed' && frequency.unit === 'number') return String(time);
  return textOfTime(frequency, time)
    .replace(/T00:00:00(?:\.000Z|[-+]\d\d:\d\d)$/, '')
    .replace(/:00\.000Z$/, 'Z')
    .replace(/:00([-+]\d\d:\d\d)$/, '$1');
}

export function doubleSentences(doubles: number, areEvents: boolean, frequency: Frequency): string[] {
  if (doubles === 0) return [];
  const count = doubles.toLocaleString('en');
  return [
    areEvents
      ? `Many rows share a step, so they are events: their values were added up, and a step without any is 0.${
          frequency.kind === 'fixed' && frequency.unit === 'number'
            ? ' If the steps are months, days or hours of which another column holds the year or the day, write both in one column, such as 2024-01.'
            : ''
        }`
      : `${count} rows fell on a step that had a value already; the mean was taken.${
          isWithinDay(frequency)
            ? ' An hour that the clock shows twice when daylight saving ends is one hour.'
            : ''
        }`,
  ];
}

export function correctionSentences(corrected: number): string[] {
  if (corrected === 0) return [];
  return [
    `${corrected.toLocaleString('en')} rows were replaced by rows of a later file about the same steps.`,
  ];
}

export function gapSentences({ steps, all }: { steps: number; all: number }, areEvents: boolean): string[] {
  if (steps === 0 || areEvents) return [];
  const share = ((100 * steps) / all).toFixed(1);
  return [`${steps.toLocaleString('en')} missing steps (${share} %) were filled from their neighbours.`];
}

/** Who decided how many steps are forecast: the request, the champion, or the step and the length of the series. */
export type HorizonReason = 'asked' | 'champion' | 'length';

const HORIZON_REASONS: Record<HorizonReason, string> = {
  asked: '',
  champion: ', as the champion does (set `horizon` for another number)',
  length: ', chosen by the step and the length of the series',
};

export function horizonSentence(horizon: number, frequency: Frequency, reason: HorizonReason): string {
  return `It forecasts ${horizon} steps (${describeFrequency(frequency)})${HORIZON_REASONS[reason]}.`;
}
