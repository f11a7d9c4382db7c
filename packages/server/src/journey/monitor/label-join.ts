import { ownValue } from '@slipway/contract';
import type { Label } from '../../ledger/index.ts';
import type { Predictions } from '../train/index.ts';
import type { Observation } from './model.ts';
import type { MonitoredModel } from './ports.ts';

/** Predictions whose truth is known, as the metrics take them. */
export type Labelled = {
  target: Float64Array;
  predictions: Predictions;
  /** Scores of the same rows. */
  scores: Float64Array;
  medianDelaySeconds: number | null;
  unknownLabels: number;
};

/** Joins predictions with their labels, batch by batch; keeps the labelled rows only. */
export type LabelJoin = {
  add(observations: readonly Observation[], labels: readonly Label[]): void;
  labelled(): Labelled;
};

type Model = Pick<MonitoredModel, 'task' | 'classes'>;

export function labelJoin(model: Model): LabelJoin {
  const outputs = model.task === 'multiclass' ? model.classes.length : 1;
  const target: number[] = [];
  const values: number[] = [];
  const scores: number[] = [];
  const delays: number[] = [];
  let unknownLabels = 0;
  return {
    add(observations, labels) {
      const truths = new Map(labels.map((label) => [label.predictionId, label]));
      for (const observation of observations) {
        const label = truths.get(observation.id);
        if (label === undefined) continue;
        const truth = truthOf(model, label.value);
        if (Number.isNaN(truth)) {
          unknownLabels++;
          continue;
        }
        target.push(truth);
        scores.push(observation.score);
        values.push(...outputsOf(model, observation));
        delays.push((Date.parse(label.observedAt) - Date.parse(observation.ts)) / 1000);
      }
    },
    labelled: () => ({
      target: Float64Array.from(target),
      predictions: { rows: target.length, outputs, values: Float64Array.from(values) },
      scores: Float64Array.from(scores),
      medianDelaySeconds: medianOf(delays),
      unknownLabels,
    }),
  };
}

/** Index of the class, or the number; NaN when the label is none that the model knows. */
function truthOf({ task, classes }: Model, value: string): number {
  if (task === 'regression') return value.trim() === '' ? Number.NaN : Number(value);
  const index = classes.indexOf(value);
  return index === -1 ? Number.NaN : index;
}

/** The score, or a probability for each class; without probabilities in the log all of it goes to the answer. */
function outputsOf({ task, classes }: Model, { score, value, probabilities }: Observation): number[] {
  if (task !== 'multiclass') return [score];
  return classes.map((name) => {
    if (probabilities === undefined) return name === value ? 1 : 0;
    return ownValue(probabilities, name) ?? 0;
  });
}

function medianOf(values: number[]): number | null {
  if (values.length === 0) return null;
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
