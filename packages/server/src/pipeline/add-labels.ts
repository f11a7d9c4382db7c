import { type ColumnReading, fail } from '@slipway/contract';
import { type TextReader, textReader } from '../journey/ingest/index.ts';
import { type AnyManifest, takesTensors } from '../journey/pack/index.ts';
import type { NewLabel, Stores } from '../ledger/index.ts';

/** What labels can be. With a `reading`, labels that are text are read as the target's column is. */
export type LabelTarget = {
  classes: readonly string[];
  reading?: ColumnReading | undefined;
  missingWords?: readonly string[] | undefined;
};

/** The target of a model, with how its text is read. */
export function labelTarget(manifest: AnyManifest): LabelTarget {
  const { classes, target } = manifest;
  if (takesTensors(manifest)) return { classes };
  const reading = manifest.others?.find(({ name }) => name === target)?.reading;
  return { classes, reading, missingWords: manifest.missingWords };
}

/** Keeps labels by prediction id. Throws `labels.wrong-type` for one that the target cannot be; then none is kept. */
export async function addLabels(
  stores: Stores,
  endpoint: string,
  target: LabelTarget,
  labels: readonly { id: string; value: string | number | boolean | null; observedAt?: string | undefined }[],
  source: string,
): Promise<number> {
  const readText = target.reading && textReader(target.reading, target.missingWords);
  const rows = labels.map((label, index): NewLabel => {
    const value = labelText(target.classes, readText, label.value, `labels[${index}].value`);
    const { id, observedAt } = label;
    return observedAt === undefined
      ? { predictionId: id, value, source }
      : { predictionId: id, value, observedAt, source };
  });
  return (await stores.labels.put(endpoint, rows)).labelled;
}

function labelText(
  classes: readonly string[],
  readText: TextReader | undefined,
  value: string | number | boolean | null,
  path: string,
): string {
  const read = typeof value === 'string' ? readText?.(value) : undefined;
  if (classes.length > 0) {
    const known = classOf(classes, value) ?? (read === undefined ? undefined : classOf(classes, read));
    if (known !== undefined) return known;
    const expected = `one of ${classes.slice(0, 10).join(', ')}`;
    throw fail('labels.wrong-type', { value: String(value), expected }, { path });
  }
  const number = typeof value === 'string' && readText === undefined ? plainNumber(value) : (read ?? value);
  if (typeof number === 'number' && Number.isFinite(number)) return String(number);
  const expected = typeof value === 'string' && readText !== undefined ? AS_DATASET : 'a number';
  throw fail('labels.wrong-type', { value: String(value), expected }, { path });
}

const AS_DATASET = 'a number as JSON has it, or as text in the writing of the dataset';

function classOf(classes: readonly string[], value: string | number | boolean | null): string | undefined {
  const text = String(value);
  return classes.find(
    (name) => name === text || (typeof value === 'boolean' && name === (value ? '1' : '0')),
  );
}

function plainNumber(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}
