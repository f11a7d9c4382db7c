import { fail } from '@slipway/contract';
import type { NewLabel, Stores } from '../ledger/index.ts';

export type LabelTarget = { classes: readonly string[] };

/** Keeps labels by prediction id. Throws `labels.wrong-type` for one that the target cannot be; then none is kept. */
export async function addLabels(
  stores: Stores,
  endpoint: string,
  target: LabelTarget,
  labels: readonly { id: string; value: string | number | boolean | null; observedAt?: string | undefined }[],
  source: string,
): Promise<number> {
  const rows = labels.map((label, index): NewLabel => {
    const value = labelText(target, label.value, `labels[${index}].value`);
    const { id, observedAt } = label;
    return observedAt === undefined
      ? { predictionId: id, value, source }
      : { predictionId: id, value, observedAt, source };
  });
  return stores.labels.put(endpoint, rows);
}

function labelText({ classes }: LabelTarget, value: string | number | boolean | null, path: string): string {
  if (classes.length > 0) {
    const text = String(value);
    const known = classes.find(
      (name) => name === text || (typeof value === 'boolean' && name === (value ? '1' : '0')),
    );
    if (known !== undefined) return known;
    throw fail(
      'labels.wrong-type',
      { value: text, expected: `one of ${classes.slice(0, 10).join(', ')}` },
      { path },
    );
  }
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && Number.isFinite(number)) return String(number);
  throw fail('labels.wrong-type', { value: String(value), expected: 'a number' }, { path });
}
