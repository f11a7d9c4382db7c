import { bend, type DenseInputs, denseWidth } from '../../../train/index.ts';

/** Dense inputs as tables. */
export type FlatDense = {
  width: number;
  bytes: number;
  /** Writes the dense inputs of one row of the model's features to `into`. */
  fill(features: Float32Array, into: Float32Array | Float64Array): void;
};

/** `features` are the model's numbers of what the inputs name. */
export function compileDense(inputs: DenseInputs, features: readonly number[]): FlatDense {
  const { numbers, categories } = inputs;
  const feature = Int32Array.from(numbers, (number) => features[number.feature]!);
  const center = Float64Array.from(numbers, (number) => number.center);
  const scale = Float64Array.from(numbers, (number) => number.scale);
  const flag = Uint8Array.from(numbers, (number) => Number(number.flag));
  const tables = categories.map(({ feature: place, rows }) => ({
    feature: features[place]!,
    missing: rows.length - 1,
    width: rows[0]!.length,
    values: Float64Array.from(rows.flat()),
  }));
  const bytes = [feature, center, scale, flag, ...tables.map(({ values }) => values)];
  return {
    width: denseWidth(inputs),
    bytes: bytes.reduce((sum, table) => sum + table.byteLength, 0),
    fill(x, into) {
      let place = feature.length;
      for (let n = 0; n < feature.length; n++) {
        const value = x[feature[n]!]!;
        const missing = Number.isNaN(value);
        into[n] = missing ? 0 : bend((value - center[n]!) / scale[n]!);
        if (flag[n] === 1) into[place++] = missing ? 1 : 0;
      }
      for (let c = 0; c < tables.length; c++) {
        const { feature: from, missing, width, values } = tables[c]!;
        const code = x[from]!;
        const start = (code < missing ? code : missing) * width;
        for (let i = 0; i < width; i++) into[place + i] = values[start + i]!;
        place += width;
      }
    },
  };
}
