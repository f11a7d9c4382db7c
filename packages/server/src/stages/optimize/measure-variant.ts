import type { Clock, TimeAllowance } from '../../kernel/index.ts';
import type { FeatureMatrix } from '../prepare/index.ts';
import type { AdditiveModel } from '../train/index.ts';
import { compileFlat } from './flat/compile-flat.ts';
import type { FlatModel } from './flat/flat-model.ts';
import { predictFlat, predictFlatRows } from './flat/score-flat.ts';
import { leafCount, type ValidationRows, type VariantMeasure } from './model.ts';
import { type Judge, qualityOf } from './quality.ts';

const CALLS_A_SAMPLE = 20;
const ONE_ROW_SAMPLES = 51;
const BATCH_ROWS = 1000;
const BATCH_SAMPLES = 9;
/** Samples are taken until this share of the time for a measurement is spent, but three at least. */
const SHARE_OF_TIME = 0.04;
const LEAST_SAMPLES = 3;

/** Runs a variant on the validation rows: what it weighs, how long it takes, how good it is. */
export function measureVariant(
  variant: string,
  model: AdditiveModel,
  validation: ValidationRows,
  judge: Judge,
  clock: Clock,
  time?: TimeAllowance,
): VariantMeasure {
  const flat = compileFlat(model);
  const mostSeconds = time === undefined ? Number.POSITIVE_INFINITY : SHARE_OF_TIME * time.left();
  return {
    variant,
    bytes: flat.bytes,
    trees: model.trees.length,
    leaves: leafCount(model),
    parts: model.parts.length,
    latency: {
      oneRowMicroseconds: oneRowLatency(flat, validation.features, clock, mostSeconds),
      thousandRowsMicroseconds: batchLatency(flat, validation.features, clock, mostSeconds),
    },
    quality: { metric: judge.metric.id, value: qualityOf(model, validation, judge) },
  };
}

function oneRowLatency(flat: FlatModel, features: FeatureMatrix, clock: Clock, most: number): number {
  const rows = Array.from({ length: CALLS_A_SAMPLE }, (_, index) => rowOf(features, index % features.rows));
  const out = new Float64Array(flat.outputs);
  const call = () => {
    for (const row of rows) predictFlat(flat, row, out);
  };
  return medianMicroseconds(clock, ONE_ROW_SAMPLES, most, call) / CALLS_A_SAMPLE;
}

function batchLatency(flat: FlatModel, features: FeatureMatrix, clock: Clock, most: number): number {
  const columns = features.columns.map((column) =>
    Float32Array.from({ length: BATCH_ROWS }, (_, row) => column[row % features.rows]!),
  );
  const batch = { ...features, rows: BATCH_ROWS, columns };
  return medianMicroseconds(clock, BATCH_SAMPLES, most, () => predictFlatRows(flat, batch));
}

/** Of as many samples as there is time for. One uncounted call lets the compiler warm up. */
function medianMicroseconds(clock: Clock, samples: number, mostSeconds: number, call: () => unknown): number {
  const begun = clock.monotonic();
  const isOver = () => clock.monotonic() - begun > mostSeconds * 1000;
  call();
  const times: number[] = [];
  while (times.length < samples && !(times.length >= LEAST_SAMPLES && isOver())) {
    const start = clock.monotonic();
    call();
    times.push((clock.monotonic() - start) * 1000);
  }
  return times.sort((a, b) => a - b)[times.length >> 1]!;
}

function rowOf(features: FeatureMatrix, row: number): Float32Array {
  return Float32Array.from(features.columns, (column) => column[row]!);
}
