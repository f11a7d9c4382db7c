import { fail } from '@slipway/contract';
import type { ColumnType } from '../ingest/index.ts';
import { isMade } from './columns-of.ts';
import { DATE_PART_FUNCTIONS } from './date-part.ts';
import { compileMade } from './made/compile-made.ts';
import type { ColumnFeature, Preparation } from './model.ts';
import { parseTimestamp } from './parse-timestamp.ts';
import { compileRescaling } from './rescaling.ts';
import { byVocabulary, compileTextEncoder, isText } from './text/index.ts';

/** A raw value as JSON has it; null and undefined are missing. Timestamps are ISO 8601 text or epoch milliseconds. */
export type RawValue = number | string | boolean | null | undefined;

/** Values by index of `Preparation.inputs`; writes into `into` when given, which has a place for every feature. */
export type RowEncoder = (values: readonly RawValue[], into?: Float32Array) => Float32Array;

/**
 * Compiles the encoding of single rows for the hot path of serving: the same features, to the bit, as encodeFeatures
 * makes of a table. An empty text is missing, as it is in every file. The encoder keeps nothing but its output
 * (which is `into`, when given) and throws `predict.wrong-type` with the column as path.
 */
export function compileEncoder(preparation: Pick<Preparation, 'inputs' | 'features'>): RowEncoder {
  const { inputs, features } = preparation;
  const index = new Map(inputs.map(({ name }, i) => [name, i]));
  const readers = inputs.map(({ name, type }) => readerOf(name, type));
  const stepFor = (spec: ColumnFeature) => {
    const at = index.get(spec.column)!;
    return { at, encode: stepOf(spec, readers[at] as NumberReader) };
  };
  const steps = features.flatMap((spec, into) =>
    isMade(spec) || isText(spec) ? [] : [{ into, ...stepFor(spec) }],
  );
  const made = features.flatMap((spec, into) => {
    if (!isMade(spec)) return [];
    const { of, combine } = compileMade(spec);
    const [first, second] = of.map(stepFor);
    return [{ into, first: first!, second: second ?? first!, combine }];
  });
  const texts = textSteps(features, index);
  return (values, into = new Float32Array(features.length)) => {
    for (let s = 0; s < steps.length; s++) {
      const { at, encode, into: place } = steps[s]!;
      into[place] = encode(values[at]);
    }
    for (let m = 0; m < made.length; m++) {
      const { first, second, combine, into: place } = made[m]!;
      into[place] = combine(first.encode(values[first.at]), second.encode(values[second.at]));
    }
    for (let t = 0; t < texts.length; t++) texts[t]!(values, into);
    return into;
  };
}

/** What writes the features of each text column into their places. */
function textSteps(features: Preparation['features'], index: ReadonlyMap<string, number>) {
  return byVocabulary(features).map(({ places, features: own }) => {
    const { column } = own[0]!;
    const at = index.get(column)!;
    const encode = compileTextEncoder(own);
    const found = new Float32Array(own.length);
    return (values: readonly RawValue[], into: Float32Array) => {
      const value = values[at];
      if (typeof value === 'string') encode(value, found);
      else if (value === null || value === undefined) found.fill(Number.NaN);
      else throw wrongType(column, 'string', value);
      for (let f = 0; f < places.length; f++) into[places[f]!] = found[f]!;
    };
  });
}

type NumberReader = (value: RawValue) => number;

function stepOf(spec: ColumnFeature, read: NumberReader): (value: RawValue) => number {
  if (spec.kind === 'category') return categoryStep(spec);
  const rescale = compileRescaling(spec);
  if (spec.kind === 'number') return rescale === undefined ? read : (value) => rescale(read(value));
  const part = DATE_PART_FUNCTIONS[spec.part];
  return rescale === undefined ? (value) => part(read(value)) : (value) => rescale(part(read(value)));
}

function categoryStep({
  levels,
  column,
}: Extract<ColumnFeature, { kind: 'category' }>): (value: RawValue) => number {
  const codeOf = new Map(levels.map((level, code) => [level, code]));
  return (value) => {
    if (value === null || value === undefined || value === '') return Number.NaN;
    if (typeof value !== 'string') throw wrongType(column, 'string', value);
    return codeOf.get(value) ?? levels.length;
  };
}

function readerOf(column: string, type: ColumnType): NumberReader {
  const read = READERS[type];
  return (value) => {
    if (value === null || value === undefined) return Number.NaN;
    const number = read(value);
    if (number === null) throw wrongType(column, type, value);
    return number;
  };
}

/** The value as a number, or null when it is of the wrong type. */
const READERS: Record<ColumnType, (value: number | string | boolean) => number | null> = {
  number: (value) => (typeof value === 'number' ? value : null),
  boolean: (value) => (typeof value === 'boolean' ? Number(value) : null),
  timestamp: (value) =>
    typeof value === 'number' ? value : typeof value === 'string' ? parseTimestamp(value) : null,
  string: () => null,
};

function wrongType(column: string, expected: string, value: unknown) {
  return fail('predict.wrong-type', { column, expected, found: typeof value }, { path: column });
}
