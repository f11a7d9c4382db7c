import { ownValue } from '@slipway/contract';
import type { Predictions } from '../../train/index.ts';
import type { Observation } from '../model.ts';
import type { MonitoredModel } from '../ports.ts';
import type { ArrivedLabel } from './newest-labels.ts';

/** In the place of a class that the model does not know. */
export const UNKNOWN_CLASS = -1;

/** Values of predictions held at a time, 32 MB: 200,000 rows of a model with up to 20 outputs, fewer of one with more. */
const MOST_VALUES = 4_000_000;
/** Values of labels that are told by name. */
const MOST_NAMES = 20;

/** Predictions whose truth is known, as the metrics take them. Entry i of each list belongs to row i. */
export type Labelled = {
  /** Index of the class, or the number; {@link UNKNOWN_CLASS} for a class that the model does not know. */
  target: Float64Array;
  predictions: Predictions;
  scores: Float64Array;
  /** When it was predicted, epoch milliseconds. */
  madeAt: Float64Array;
  /** From the prediction to the arrival of its label; never negative. */
  delaySeconds: Float64Array;
  /** Of classification: the label of a row of a class that the model does not know; null for the others. */
  unknown: (string | null)[];
  /** Of regression: labels that are no number; they are not among the rows. */
  unreadable: number;
};

/** Joins predictions with their labels, batch by batch; keeps the labelled rows only. */
export type LabelJoin = {
  /** Whether there is room for more rows. */
  hasRoom(): boolean;
  add(observation: Observation, label: ArrivedLabel): void;
  labelled(): Labelled;
};

type Model = Pick<MonitoredModel, 'task' | 'classes'>;

export function labelJoin(model: Model): LabelJoin {
  const outputs = model.task === 'multiclass' ? model.classes.length : 1;
  const mostRows = Math.floor(MOST_VALUES / Math.max(20, outputs));
  const [target, values, scores, madeAt, delays]: number[][] = [[], [], [], [], []];
  const unknown: (string | null)[] = [];
  const index = new Map(model.classes.map((name, at) => [name, at]));
  let unreadable = 0;
  return {
    hasRoom: () => target!.length < mostRows,
    add(observation, { value, arrivedAt }) {
      const truth = model.task === 'regression' ? numberOf(value) : (index.get(value) ?? UNKNOWN_CLASS);
      if (Number.isNaN(truth)) {
        unreadable++;
        return;
      }
      const made = Date.parse(observation.ts);
      target!.push(truth);
      scores!.push(observation.score);
      values!.push(...outputsOf(model, observation));
      madeAt!.push(made);
      delays!.push(Math.max(0, arrivedAt - made) / 1000);
      unknown.push(model.task !== 'regression' && truth === UNKNOWN_CLASS ? value : null);
    },
    labelled: () => ({
      target: Float64Array.from(target!),
      predictions: { rows: target!.length, outputs, values: Float64Array.from(values!) },
      scores: Float64Array.from(scores!),
      madeAt: Float64Array.from(madeAt!),
      delaySeconds: Float64Array.from(delays!),
      unknown: [...unknown],
      unreadable,
    }),
  };
}

function numberOf(text: string): number {
  return text.trim() === '' || !Number.isFinite(Number(text)) ? Number.NaN : Number(text);
}

/** The score, or a probability for each class; without probabilities in the log all of it goes to the answer. */
function outputsOf({ task, classes }: Model, { score, value, probabilities }: Observation): number[] {
  if (task !== 'multiclass') return [score];
  return classes.map((name) => {
    if (probabilities === undefined) return name === String(value) ? 1 : 0;
    return ownValue(probabilities, name) ?? 0;
  });
}

/** The rows for which `keep` holds. */
export function labelledRows(labelled: Labelled, keep: (row: number) => boolean): Labelled {
  const rows = labelled.unknown.flatMap((_, row) => (keep(row) ? [row] : []));
  if (rows.length === labelled.unknown.length) return labelled;
  const take = (values: Float64Array) => Float64Array.from(rows, (row) => values[row]!);
  const { outputs, values } = labelled.predictions;
  const taken = new Float64Array(rows.length * outputs);
  rows.forEach((row, i) => {
    taken.set(values.subarray(row * outputs, (row + 1) * outputs), i * outputs);
  });
  return {
    target: take(labelled.target),
    predictions: { rows: rows.length, outputs, values: taken },
    scores: take(labelled.scores),
    madeAt: take(labelled.madeAt),
    delaySeconds: take(labelled.delaySeconds),
    unknown: rows.map((row) => labelled.unknown[row]!),
    unreadable: labelled.unreadable,
  };
}

/** Classes that the model does not know, with their labels, most first. */
export function unknownClasses({ unknown }: Pick<Labelled, 'unknown'>): { value: string; labels: number }[] {
  const counts = new Map<string, number>();
  for (const value of unknown) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .map(([value, labels]) => ({ value, labels }))
    .sort((a, b) => b.labels - a.labels || (a.value < b.value ? -1 : 1))
    .slice(0, MOST_NAMES);
}
