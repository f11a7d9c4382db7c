import type { ClassCosts, DatasetVersion } from '@slipway/contract';

type ColumnProfile = DatasetVersion['profile'][number];

/** More classes make no table that somebody fills in; `--costs` names single pairs. */
export const MOST_CLASSES = 12;

/** What answers cost, as a form has it: texts of cells, by true and answered class; empty where a cost is as of all others. */
export type CostsForm = { cells: ReadonlyMap<string, string>; other: string };

export const NO_COSTS: CostsForm = { cells: new Map(), other: '' };

/** The classes of a column by its profile; undefined where the profile does not list all of its values. */
export function classesIn({ top, distinct }: Pick<ColumnProfile, 'top' | 'distinct'>): string[] | undefined {
  if (top === undefined || top.length === 0 || top.length !== distinct) return undefined;
  return top.map(({ value }) => value).toSorted((a, b) => (a < b ? -1 : 1));
}

/** Classes that somebody wrote, one a line or with commas on one line, each once. */
export function writtenClasses(text: string): string[] {
  const parts = text.includes('\n') ? text.split('\n') : text.split(',');
  return [...new Set(parts.map((part) => part.trim()).filter((part) => part !== ''))];
}

export function cellKey(truth: string, predicted: string): string {
  return JSON.stringify([truth, predicted]);
}

/** The form as the contract takes it, of these classes; undefined where no cell is filled in, since all mistakes then cost the same. */
export function costsOf({ cells, other }: CostsForm, classes: readonly string[]): ClassCosts | undefined {
  const pairs = classes.flatMap((truth) =>
    classes.flatMap((predicted) => {
      const text = cells.get(cellKey(truth, predicted))?.trim() ?? '';
      return text === '' ? [] : [{ truth, predicted, cost: Number(text) }];
    }),
  );
  if (pairs.length === 0) return undefined;
  return { pairs, other: other.trim() === '' ? 1 : Number(other) };
}
