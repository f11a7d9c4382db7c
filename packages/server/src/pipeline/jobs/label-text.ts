import { MISSING_WORDS, textReader, type WantedColumn } from '../../journey/ingest/index.ts';
import { type AnyManifest, takesTensors } from '../../journey/pack/index.ts';

/** How text of a target is read where labels come in. */
export type LabelReading = Pick<WantedColumn, 'type' | 'reading'> & {
  missingWords: readonly string[];
  classes: readonly string[];
};

/** How the training table had the target of a model; undefined where the model does not tell. */
export function labelReadingOf(manifest: AnyManifest): LabelReading | undefined {
  if (takesTensors(manifest)) return undefined;
  const { target, others = [], missingWords = MISSING_WORDS, classes } = manifest;
  const column = others.find(({ name }) => name === target);
  return column && { type: column.type, reading: column.reading, missingWords, classes };
}

/** The text of a label as labels are kept, null where it is missing, undefined where the target cannot be that. */
export type LabelText = (text: string) => string | null | undefined;

/**
 * Reads labels as the dataset has the target: a class is told in its own words, a number in any writing of it (`1` and `1.0`
 * are one label), truth as true, false, 1 or 0. What usually means a missing value is a label where it is a class.
 */
export function labelTexts(truth: LabelReading): LabelText {
  const classes = new Set(truth.classes);
  const read = textReader(truth.reading ?? usualReading(truth), truth.missingWords);
  return (text) => {
    const bare = text.trim();
    if (classes.has(text)) return text;
    if (classes.has(bare)) return bare;
    const value = read(text);
    if (value !== undefined) return value === null ? null : String(value);
    return truth.type === 'boolean' && (bare === '1' || bare === '0') ? String(bare === '1') : undefined;
  };
}

function usualReading({ type }: LabelReading): Parameters<typeof textReader>[0] {
  if (type === 'number') return { as: 'number', decimal: '.', thousands: '' };
  if (type === 'timestamp') return { as: 'timestamp', formats: ['iso'], order: null, timeZone: 'UTC' };
  return { as: type };
}
