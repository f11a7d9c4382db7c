import { type Random, seededRandom } from '../kernel/index.ts';
import type { Column, Table } from '../stages/ingest/index.ts';
import {
  type DatePart,
  type FeatureSpec,
  levelCount,
  type Preparation,
  type Task,
} from '../stages/prepare/index.ts';

/** Kinds of raw column that {@link randomPreparation} knows, with the features each gives. */
export type RandomColumnKind = 'number' | 'boolean' | 'timestamp' | 'string';

const DATE_PARTS: DatePart[] = [
  'year',
  'month',
  'dayOfMonth',
  'weekday',
  'hour',
  'minute',
  'dayOfYear',
  'elapsedDays',
];

/** Names that break a careless exporter. */
const ODD_NAMES = ['value', 'probability_a', 'größe ☃', 'two  words', '__proto__', 'a/b:c', 'A b', 'A_b'];

const FEW_LEVELS = ['red', 'green', 'blau ☃', 'x,"y"', 'nan', '0', 'constructor'];
/** More than a 32-bit word of sets holds. */
const MANY_LEVELS = [...FEW_LEVELS, ...Array.from({ length: 70 }, (_, index) => `level ${index}`)];

/** Words that mean a missing value in random tables, where `nan` is a word like any other. */
export const RANDOM_MISSING_WORDS = ['NA', 'n/a', '-', 'k. A.'];

/** A fitted preparation over columns of the given kinds. */
export function randomPreparation(
  kinds: readonly RandomColumnKind[],
  task: Task,
  classes: string[],
): Preparation {
  const inputs = kinds.map((type, index) => ({
    name: ODD_NAMES[index] ?? `c${index}`,
    type,
    nullable: true,
  }));
  return {
    task,
    target: 'target',
    classes,
    inputs,
    missingWords: RANDOM_MISSING_WORDS,
    features: inputs.flatMap(({ name, type }, index) => featuresOf(name, type, index)),
    dropped: [],
    leakage: [],
  };
}

/** Number of codes of each feature, 0 when numeric. */
export function levelsOf(preparation: Preparation): number[] {
  return preparation.features.map(levelCount);
}

function featuresOf(column: string, type: RandomColumnKind, index: number): FeatureSpec[] {
  const levels = index % 2 ? FEW_LEVELS : MANY_LEVELS;
  if (type === 'string') return [{ kind: 'category', name: column, column, levels }];
  if (type !== 'timestamp') return [{ kind: 'number', name: column, column }];
  return DATE_PARTS.map((part) => ({ kind: 'date-part', name: `${column} ${part}`, column, part }));
}

/** The preparation with some of its numbers centred, some scaled, and some both. */
export function withRandomRescaling(preparation: Preparation, seed: number): Preparation {
  const random = seededRandom(seed);
  const rescaled = (spec: FeatureSpec): FeatureSpec => {
    if (spec.kind !== 'number' && !(spec.kind === 'date-part' && spec.part === 'elapsedDays')) return spec;
    const center = (random() - 0.5) * 10 ** Math.floor(random() * 16);
    const scale = 2 ** Math.floor((random() - 0.5) * 300);
    const which = random();
    return { ...spec, ...(which < 0.7 && { center }), ...(which > 0.4 && which < 0.9 && { scale }) };
  };
  return { ...preparation, features: preparation.features.map(rescaled) };
}

/** Rows for the inputs of a preparation, with missing, unseen and extreme values among them. */
export function randomTable(preparation: Preparation, rows: number, seed: number): Table {
  const random = seededRandom(seed);
  return {
    rows,
    columns: preparation.inputs.map(({ name, type }) => randomColumn(name, type, rows, random)),
  };
}

function randomColumn(name: string, type: RandomColumnKind, rows: number, random: Random): Column {
  const isMissing = () => random() < 0.1;
  if (type === 'string') {
    const dictionary = [...MANY_LEVELS, 'unseen', 'Red', ' red'];
    const codes = Int32Array.from({ length: rows }, () =>
      isMissing() ? -1 : Math.floor(random() * dictionary.length),
    );
    return { name, type, codes, dictionary };
  }
  const draw = DRAWS[type];
  return {
    name,
    type,
    values: Float64Array.from({ length: rows }, () => (isMissing() ? Number.NaN : draw(random))),
  };
}

const DRAWS: Record<'number' | 'boolean' | 'timestamp', (random: Random) => number> = {
  boolean: (random) => (random() < 0.5 ? 1 : 0),
  number: (random) =>
    random() < 0.4 ? Math.floor(random() * 9) / 4 - 1 : (random() - 0.5) * 10 ** Math.floor(random() * 9 - 3),
  timestamp: (random) => {
    const anyTime = Math.floor((random() - 0.3) * 6e12);
    return random() < 0.3
      ? Math.round(anyTime / 86_400_000) * 86_400_000 - (random() < 0.5 ? 1 : 0)
      : anyTime;
  },
};
