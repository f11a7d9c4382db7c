import { describe, expect, it } from 'vitest';
import type { NewLabel, Stores } from '../ledger/index.ts';
import { addLabels, type LabelTarget } from './add-labels.ts';

/** The text that is kept of a label. */
async function kept(target: LabelTarget, value: string | number | boolean | null): Promise<string> {
  const put: NewLabel[] = [];
  const labels = {
    put: async (_: string, rows: NewLabel[]) => {
      put.push(...rows);
      return { labelled: rows.length, replaced: 0 };
    },
  };
  await addLabels({ labels } as unknown as Stores, 'churn', target, [{ id: 'p_1', value }], 'test');
  return put[0]!.value;
}

const COMMA: LabelTarget = { classes: [], reading: { as: 'number', decimal: ',', thousands: '.' } };
const TRUTH: LabelTarget = { classes: ['false', 'true'], reading: { as: 'boolean' } };
const REGIONS: LabelTarget = { classes: ['EU', 'NA'], reading: { as: 'string' } };
const GRADES: LabelTarget = { classes: ['1', '2'], reading: { as: 'number', decimal: '.', thousands: '' } };

describe('a label', () => {
  it.each<[string, LabelTarget, string | number | boolean, string]>([
    ['text in the writing of the dataset', COMMA, '1.234,5', '1234.5'],
    ['text with a mark that groups digits', COMMA, '1.234', '1234'],
    ['a number of JSON', COMMA, 1.234, '1.234'],
    ['text where the writing is not known', { classes: [] }, '1.234', '1.234'],
    ['a truth in another case', TRUTH, 'True', 'true'],
    ['a truth of JSON', TRUTH, false, 'false'],
    ['a truth for classes that are numbers', { classes: ['0', '1'] }, true, '1'],
    ['a class that is a missing-value word', REGIONS, 'NA', 'NA'],
    ['a class with a fraction of zero', GRADES, '2.0', '2'],
  ])('that is %s is kept as the target has it', async (_, target, value, text) => {
    expect(await kept(target, value)).toBe(text);
  });

  it.each<[string, LabelTarget, string | null]>([
    ['text in another writing', COMMA, '1234.5'],
    ['a missing value', COMMA, 'NA'],
    ['nothing', COMMA, null],
    ['no number', { classes: [] }, 'x'],
    ['empty', { classes: [] }, ' '],
    ['a class never seen', REGIONS, 'AS'],
    ['a missing value among classes', TRUTH, 'n/a'],
  ])('that is %s is refused', async (_, target, value) => {
    await expect(kept(target, value)).rejects.toMatchObject({
      code: 'labels.wrong-type',
      path: 'labels[0].value',
    });
  });
});
