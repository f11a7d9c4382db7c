import type { Clock } from '../../kernel/index.ts';
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

/** Runs a variant on the validation rows: what it weighs, how long it takes, how good it is. */
export function measureVariant(
  variant: string,
  model: AdditiveModel,
  validation: ValidationRows,
  judge: Judge,
  clock: Clock,
): VariantMeasure {
  const flat = compileFlat(model);
  return {
    variant,
    bytes: flat.bytes,
    trees: model.trees.length,
    leaves: leafCount(model),
    parts: model.parts.length,
    latency: {
      oneRowMicroseconds: oneRowLatency(flat, validation.features, clock),
      thousandRowsMicroseconds: batchLatency(flat, validation.features, clock),
    },
    quality: { metric: judge.metric.id, value: qualityOf(model, validation, judge) },
  };
}

function oneRowLatency(flat: FlatModel, features: FeatureMatrix, clock: Clock): number {
  const rows = Array.from({ length: CALLS_A_SAMPLE }, (_, index) => rowOf(features, index % features.rows));
  const out = new Float64Array(flat.outputs);
  const call = () => {
    for (const row of rows) predictFlat(flat, row, out);
  };
  return medianMicroseconds(clock, ONE_ROW_SAMPLES, call) / CALLS_A_SAMPLE;
}

function batchLatency(flat: FlatModel, features: FeatureMatrix, clock: Clock): number {
  const columns = features.columns.map((column) =>
    Float32Array.from({ length: BATCH_ROWS }, (_, row) => column[row % features.rows]!),
  );
  const batch = { ...features, rows: BATCH_ROWS, columns };
  return medianMicroseconds(clock, BATCH_SAMPLES, () => predictFlatRows(flat, batch));
}

/** One uncounted call lets the compiler warm up. */
function medianMicroseconds(clock: Clock, samples: number, call: () => unknown): number {
  call();
  const times = Array.from({ length: samples }, () => {
    const start = clock.monotonic();
    call();
    return (clock.monotonic() - start) * 1000;
  });
  return times.sort((a, b) => a - b)[samples >> 1]!;
}

function rowOf(features: FeatureMatrix, row: number): Float32Array {
  return Float32Array.from(features.columns, (column) => column[row]!);
}
